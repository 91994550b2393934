package io.fleetline.ingest.telemetry;

import io.fleetline.ingest.time.NodeTime;
import io.fleetline.protocol.BodyFault;
import io.fleetline.protocol.ClockQuality;
import io.fleetline.protocol.DeviceFrame;
import io.fleetline.protocol.DeviceId;
import io.fleetline.protocol.Item;
import io.fleetline.protocol.Payload;
import io.fleetline.protocol.ProtocolLimits;
import io.fleetline.protocol.RecordPosition;
import io.fleetline.protocol.RejectCode;
import io.fleetline.protocol.cbor.FrameEncoder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Takes the items of a frame in: judges each, opens it in the ack window, and hands it to the sink. */
public final class TelemetryIntake {
    /**
     * What was taken of a frame.
     *
     * @param items how many items are on their way
     * @param bytes how many bytes these have, encoded
     * @param refusal why the item after them was refused, if one was
     */
    public record Taken(int items, long bytes, @Nullable Refusal refusal) {}

    private final NodeTime time;
    private final EventSink sink;
    private final List<RoundQueue> rounds;

    /**
     * An intake for a node.
     *
     * @param rounds where lane sessions wait for their rounds; all lanes of a device wait in the same one
     */
    public TelemetryIntake(NodeTime time, EventSink sink, List<RoundQueue> rounds) {
        this.time = time;
        this.sink = sink;
        this.rounds = List.copyOf(rounds);
    }

    /** Begins a lane session with this {@code open}. */
    public LaneSession begin(DeviceId device, DeviceFrame.Open open, LaneSession.Owner owner) {
        RoundQueue queue = rounds.get(Math.floorMod(device.hashCode(), rounds.size()));
        return new LaneSession(device, open, sink.route(device, open.lane()), queue, owner);
    }

    /**
     * Takes the items of a frame that continues the lane session where it stands. Stops at the first item that is
     * refused, which goes to the dead letters, or where the lane session ends meanwhile.
     *
     * @param maxItemBytes the largest encoded item that is accepted
     */
    public Taken accept(LaneSession session, DeviceFrame.Publish frame, int maxItemBytes) {
        long now = time.nanos();
        long seq = frame.from();
        int items = 0;
        long bytes = 0;
        Refusal refusal = null;
        for (Item item : frame.items()) {
            int size = FrameEncoder.encodedBytes(item);
            refusal = judge(item, size, maxItemBytes);
            if (refusal != null) {
                refuse(session, position(session, frame, seq, item), item, refusal);
                break;
            }
            long last = item instanceof Item.Gap gap ? gap.to() : seq;
            long slot = session.window().admit(last, size, now);
            if (slot < 0) {
                break;
            }
            items++;
            bytes += size;
            session.route().store(position(session, frame, seq, item), item, session.window(), slot);
            seq = last + 1;
        }
        session.passed(frame, seq);
        return new Taken(items, bytes, refusal);
    }

    private static @Nullable Refusal judge(Item item, int size, int maxItemBytes) {
        if (item instanceof Item.Gap) {
            return null; // gaps are never refused: there would be no way on
        }
        if (size > maxItemBytes) {
            return new Refusal(
                    RejectCode.TOO_LARGE, "the item has " + size + " bytes, not at most " + maxItemBytes, -1);
        }
        BodyFault fault = body(item).fault().orElse(null);
        if (fault == null) {
            return null;
        }
        String what = switch (fault.kind()) {
            case TOO_DEEP -> "the body is nested deeper than " + ProtocolLimits.MAX_BODY_NESTING;
            case BAD_UTF8 -> "the body has text that is not UTF-8";
            case DUPLICATE_KEY -> "the body has a map with the same key twice";
        };
        return new Refusal(
                RejectCode.BODY_NOT_ACCEPTABLE, what + ", at byte " + fault.offset() + " of the body", fault.offset());
    }

    private static void refuse(LaneSession session, RecordPosition position, Item item, Refusal refusal) {
        AckWindow window = session.window();
        if (window.refuse(position.seq(), refusal)) {
            session.route().bury(position, item, refusal, new Burial(window), 0);
        }
    }

    private static Payload body(Item item) {
        return item instanceof Item.Event event ? event.body() : ((Item.Outcome) item).body();
    }

    private static RecordPosition position(LaneSession session, DeviceFrame.Publish frame, long seq, Item item) {
        if (item instanceof Item.Event event) {
            return session.position(
                    seq, frame.acked(), event.timeMillis(), event.attributes().clockQuality());
        }
        if (item instanceof Item.Outcome outcome) {
            return session.position(seq, frame.acked(), outcome.timeMillis(), ClockQuality.SERVER_SYNCHRONISED);
        }
        return session.position(seq, frame.acked(), 0, ClockQuality.UNKNOWN);
    }

    /** Hears what became of a dead letter. */
    private record Burial(AckWindow window) implements Settlement {
        @Override
        public void stored(long slot, int partition, long offset) {
            window.buried();
        }

        @Override
        public void failed(long slot, Exception cause) {
            window.burialFailed(cause);
        }
    }
}
