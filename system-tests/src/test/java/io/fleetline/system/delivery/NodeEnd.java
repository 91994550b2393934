package io.fleetline.system.delivery;

import io.fleetline.ingest.session.DevicePeer;
import io.fleetline.ingest.session.DeviceSession;
import io.fleetline.protocol.CloseReason;
import io.fleetline.protocol.DeviceFrame;
import io.fleetline.protocol.DeviceId;
import io.fleetline.protocol.ServerFrame;
import io.fleetline.protocol.cbor.FrameEncoder;
import io.fleetline.protocol.cbor.FrameException;
import io.fleetline.system.delivery.Coverage.Seen;
import io.fleetline.testkit.FramePipe;
import java.util.concurrent.TimeUnit;

/** The node's end of a connection: what stands between the pipe and the session, as the WebSocket endpoint does. */
final class NodeEnd implements DevicePeer, FramePipe.Receiver {
    private static final long CLOSE_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final NodeProcess node;
    private final FramePipe pipe;
    private final String name;
    private final DeviceSession session;

    NodeEnd(NodeProcess node, FramePipe pipe, DeviceId device, int connection) {
        this.node = node;
        this.pipe = pipe;
        this.name = node.name() + "/" + connection;
        this.session = new DeviceSession(node.admit(device), this, node.services());
    }

    /** The handshake is done. */
    void open() {
        pipe.right().receiver(this);
        node.connected(this);
        session.begin();
    }

    DeviceSession session() {
        return session;
    }

    FramePipe pipe() {
        return pipe;
    }

    @Override
    public void received(byte[] bytes) {
        node.run(() -> {
            DeviceFrame frame;
            try {
                frame = world().decoder.decodeDeviceFrame(bytes, 0, bytes.length);
            } catch (FrameException e) {
                throw new BrokenInvariant(Invariant.NO_BREACH_OF_PROTOCOL, "a device sent " + e.getMessage());
            }
            world().tell(name, () -> "reads " + Frames.describe(frame));
            if (frame instanceof DeviceFrame.Open open && open.next() != open.acked() + 1) {
                world().count(Seen.RUN_CHANGES_IN_A_SESSION);
            }
            session.frame(frame, bytes.length);
        });
    }

    @Override
    public void closed(int code, String reason) {
        node.run(() -> {
            session.gone();
            node.ended(this);
        });
    }

    @Override
    public void send(ServerFrame frame) {
        world().tell(name, () -> "sends " + frame);
        if (frame instanceof ServerFrame.Rewind) {
            world().count(Seen.REWINDS);
        } else if (frame instanceof ServerFrame.Reject reject) {
            world().count(Seen.REJECTS);
            world().rejected.add(reject.lane() + "/" + reject.seq());
        }
        pipe.right().send(FrameEncoder.encode(frame));
    }

    @Override
    public void close(CloseReason reason, String text) {
        world().tell(name, () -> "closes with " + reason + " " + text);
        if (reason == CloseReason.TAKEN_OVER) {
            world().count(Seen.CONNECTIONS_TAKEN_OVER);
        } else if (reason == CloseReason.PROTOCOL_VIOLATION
                || reason == CloseReason.MALFORMED
                || reason == CloseReason.FLOOD) {
            throw new BrokenInvariant(Invariant.NO_BREACH_OF_PROTOCOL, name + " closes with " + reason + ": " + text);
        }
        pipe.right().close(reason.code(), text);
        node.after(CLOSE_NANOS, pipe::cut);
    }

    @Override
    public void demand() {
        pipe.right().demand();
    }

    /** The node's process is gone. */
    void lost(boolean withItsMachine) {
        if (withItsMachine) {
            pipe.goSilent();
        } else {
            pipe.cut();
        }
    }

    private World world() {
        return node.world();
    }
}
