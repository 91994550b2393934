package io.fleetline.ingest.telemetry;

import io.fleetline.protocol.ClockQuality;
import io.fleetline.protocol.DeviceFrame;
import io.fleetline.protocol.DeviceId;
import io.fleetline.protocol.Lane;
import io.fleetline.protocol.RecordPosition;
import java.util.OptionalLong;

/**
 * One lane of one connection, from an {@code open} with {@code next} = {@code acked} + 1 until a rewind, a reject or the
 * end of the connection. An {@code open} that names the next run continues it, over the same window and the same way to
 * Kafka.
 *
 * <p>What stands here belongs to the thread that reads the connection; only {@link #window()} is shared.
 */
public final class LaneSession {
    /** Says to the device what came out of a round, and gives room back. */
    public interface Owner {
        /** There is something for a round. */
        void settle(LaneSession session);
    }

    private final DeviceId device;
    private final Lane lane;
    private final Owner owner;
    private final EventSink.Route route;
    private final AckWindow window;

    private DeviceFrame.Open run;
    private long next;
    private long acked;

    LaneSession(DeviceId device, DeviceFrame.Open open, EventSink.Route route, RoundQueue rounds, Owner owner) {
        this.device = device;
        this.lane = open.lane();
        this.owner = owner;
        this.route = route;
        this.window = new AckWindow(open.acked(), () -> rounds.add(this));
        this.run = open;
        this.next = open.next();
        this.acked = open.acked();
    }

    /** Goes on with the next run. */
    public void continueWith(DeviceFrame.Open open) {
        run = open;
        acked = open.acked();
    }

    /** The number that must come next (rule N1). */
    public long next() {
        return next;
    }

    /** Up to where the device knows its lane to be acknowledged. */
    public long acked() {
        return acked;
    }

    /** The run whose numbers come now. */
    public DeviceFrame.Open run() {
        return run;
    }

    /** Which lane. */
    public Lane lane() {
        return lane;
    }

    /** What is stored of it. */
    public AckWindow window() {
        return window;
    }

    EventSink.Route route() {
        return route;
    }

    void settle() {
        owner.settle(this);
    }

    /** All numbers of the frame are accepted, or the lane session has ended within it. */
    void passed(DeviceFrame.Publish frame, long nextSeq) {
        next = nextSeq;
        acked = frame.acked();
    }

    RecordPosition position(long seq, long ackedNow, long timeMillis, ClockQuality quality) {
        OptionalLong before = ackedNow < run.first() - 1 ? run.before() : OptionalLong.empty();
        return new RecordPosition(
                lane, run.store(), run.run(), run.order(), run.first(), seq, ackedNow, timeMillis, quality, before);
    }

    @Override
    public String toString() {
        return "lane " + lane + " of " + device + " at " + next;
    }
}
