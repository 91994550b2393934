package io.fleetline.bench.peers;

import io.fleetline.protocol.Attributes;
import io.fleetline.protocol.DeviceFrame;
import io.fleetline.protocol.Item;
import io.fleetline.protocol.Lane;
import io.fleetline.protocol.Payload;
import io.fleetline.protocol.ServerFrame;
import io.fleetline.protocol.cbor.BodyCodec;
import io.fleetline.protocol.cbor.FrameDecoder;
import io.fleetline.protocol.cbor.FrameEncoder;
import io.fleetline.protocol.cbor.FrameException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** Fleetline's own protocol, one event in a frame. */
final class FleetlineDialect implements Dialect {
    private static final byte[] HEARTBEAT = FrameEncoder.encode(new DeviceFrame.Heartbeat(1));

    private final FrameDecoder decoder = new FrameDecoder();
    private final Item.Event event;
    private final long store;
    private final long order;
    private long next = 1;
    private long acked;
    private boolean greeted;

    /**
     * @param body a CBOR value
     * @param store names the store that its numbers are of
     * @param timeMillis now, Unix time
     */
    FleetlineDialect(byte[] body, long store, long timeMillis) {
        this.event = new Item.Event("readings", timeMillis, Payload.wrap(body), Attributes.NONE);
        this.store = store;
        this.order = timeMillis / 1_000;
    }

    @Override
    public List<byte[]> opening() {
        return List.of(
                FrameEncoder.encode(new DeviceFrame.Hello(0, BodyCodec.encode(Map.of("name", "fleetline-bench")))),
                FrameEncoder.encode(
                        new DeviceFrame.Open(Lane.NORMAL, store, store, order, 1, 1, 0, OptionalLong.empty())));
    }

    @Override
    public byte[] publish() {
        return FrameEncoder.encode(new DeviceFrame.Publish(Lane.NORMAL, next++, acked, List.of(event)));
    }

    @Override
    public long take(byte[] message) {
        try {
            ServerFrame frame = decoder.decodeServerFrame(message, 0, message.length);
            if (frame instanceof ServerFrame.Welcome) {
                greeted = true;
                return 0;
            }
            if (frame instanceof ServerFrame.Ack ack) {
                long more = ack.upTo() - acked;
                acked = ack.upTo();
                return more;
            }
            if (frame instanceof ServerFrame.HeartbeatAck) {
                return 0;
            }
            throw new IllegalStateException("the node sent " + frame);
        } catch (FrameException e) {
            throw new IllegalStateException("the node sent what is no frame", e);
        }
    }

    @Override
    public Optional<byte[]> heartbeat() {
        return Optional.of(HEARTBEAT.clone());
    }

    @Override
    public boolean greeted() {
        return greeted;
    }
}
