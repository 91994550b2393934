package io.fleetline.device.fake;

import io.fleetline.device.internal.connection.ConnectionKeeper;
import io.fleetline.device.internal.connection.Publication;
import io.fleetline.device.internal.outbox.Dropped;
import io.fleetline.device.internal.outbox.OutboxFullException;
import io.fleetline.device.internal.outbox.Stored;
import io.fleetline.protocol.Attributes;
import io.fleetline.protocol.Item;
import io.fleetline.protocol.Lane;
import io.fleetline.protocol.RejectCode;
import io.fleetline.protocol.ServerFrame.StoredAt;
import io.fleetline.protocol.cbor.BodyCodec;
import io.fleetline.protocol.cbor.FrameEncoder;
import java.util.Optional;

/** One published event, and what its publisher was told. */
public final class Reported implements Publication {
    public final Lane lane;
    public final long seq;
    public Optional<Stored<?>> stored = Optional.empty();
    public Optional<Dropped<?>> dropped = Optional.empty();
    public Optional<RejectCode> code = Optional.empty();
    public boolean abandoned;

    private Reported(Lane lane, ConnectionKeeper device, Item item, long ttlNanos) throws OutboxFullException {
        this.lane = lane;
        try {
            this.seq = device.outbox().append(lane, FrameEncoder.encode(item), ttlNanos, 0, this, device.nowNanos());
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Publishes an event, or nothing if there is no room. */
    public static Optional<Reported> publish(ConnectionKeeper device, Lane lane, Object body, long ttlNanos) {
        Item item = new Item.Event("t", device.unixMillis(), BodyCodec.encode(body), Attributes.NONE);
        try {
            return Optional.of(new Reported(lane, device, item, ttlNanos));
        } catch (OutboxFullException e) {
            return Optional.empty();
        }
    }

    /** Publishes an event for which there is room. */
    public static Reported publish(ConnectionKeeper device, Lane lane, Object body) {
        return publish(device, lane, body, 0).orElseThrow();
    }

    public boolean told() {
        return stored.isPresent() || dropped.isPresent();
    }

    @Override
    public void stored(Stored<?> how, Optional<StoredAt> at) {
        once();
        stored = Optional.of(how);
    }

    @Override
    public void dropped(Dropped<?> what, Optional<RejectCode> why, String message) {
        once();
        dropped = Optional.of(what);
        code = why;
    }

    @Override
    public void abandoned() {
        once();
        abandoned = true;
    }

    private void once() {
        if (told() || abandoned) {
            throw new AssertionError("number " + seq + " of lane " + lane + " was told twice");
        }
    }
}
