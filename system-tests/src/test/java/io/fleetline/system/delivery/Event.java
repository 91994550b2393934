package io.fleetline.system.delivery;

import io.fleetline.device.internal.connection.Publication;
import io.fleetline.device.internal.outbox.Dropped;
import io.fleetline.device.internal.outbox.Stored;
import io.fleetline.protocol.Lane;
import io.fleetline.protocol.Payload;
import io.fleetline.protocol.RejectCode;
import io.fleetline.protocol.ServerFrame.StoredAt;
import io.fleetline.protocol.cbor.BodyCodec;
import io.fleetline.system.delivery.Coverage.Seen;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A published event, and what its publisher was told. */
final class Event implements Publication {
    private static final String KEY = "v";

    private final World world;
    private final DeviceProcess process;
    final long value;
    final Lane lane;
    long store;
    long run;
    long seq;
    private boolean promised;
    private long promisedNanos;
    private boolean receipted;
    private boolean dropped;
    private boolean over;

    Event(World world, DeviceProcess process, Lane lane, long value) {
        this.world = world;
        this.process = process;
        this.lane = lane;
        this.value = value;
    }

    /** A body that carries the value, and that no node accepts if it is to be spoilt. */
    static Payload body(long value, int padding, boolean spoilt) {
        Payload good = BodyCodec.encode(Map.of(KEY, List.of(value, new byte[padding])));
        if (!spoilt) {
            return good;
        }
        // The same entry twice: a map with a duplicate key is well-formed and not valid (RFC 8949 section 5.6).
        byte[] once = good.toByteArray();
        byte[] twice = Arrays.copyOf(once, 2 * once.length - 1);
        twice[0] = (byte) 0xa2;
        System.arraycopy(once, 1, twice, once.length, once.length - 1);
        return Payload.wrap(twice);
    }

    static long value(Object body) {
        return (long) ((List<?>) ((Map<?, ?>) body).get(KEY)).get(0);
    }

    /** Nothing is in memory alone now: it was forced to the disk, unless it was dropped from memory before. */
    void promise() {
        promised = !dropped;
        promisedNanos = world.time.nanos();
    }

    /** Whether it was forced to the disk, and so promised. */
    boolean isPromised() {
        return promised;
    }

    boolean isReceipted() {
        return receipted;
    }

    boolean isDropped() {
        return dropped;
    }

    /** Whether nobody will tell its publisher more. */
    boolean isOver() {
        return over || !process.isAlive();
    }

    @Override
    public void stored(Stored<?> stored, Optional<StoredAt> at) {
        once("stored");
        receipted = true;
        world.count(Seen.RECEIPTS);
        if (!world.kafka.holds(value)) {
            throw new BrokenInvariant(
                    Invariant.RECEIPT_MEANS_STORED, "a receipt for " + this + ", which is not in the topic");
        }
        if (stored.store() != store || stored.run() != run || stored.seq() != seq || stored.lane() != lane) {
            throw new BrokenInvariant(Invariant.RECEIPT_MEANS_STORED, "a receipt for " + this + " that says " + stored);
        }
    }

    @Override
    public void dropped(Dropped<?> what, Optional<RejectCode> code, String message) {
        once("dropped, " + what.reason());
        dropped = true;
        // Publishers are told a moment after it happened.
        promised &= world.time.nanos() > promisedNanos;
    }

    @Override
    public void abandoned() {
        once("abandoned");
    }

    private void once(String how) {
        world.tell(process.name(), () -> "is told: " + this + " is " + how);
        if (over) {
            throw new BrokenInvariant(Invariant.ONE_END_PER_EVENT, this + " ends twice, now it is " + how);
        }
        over = true;
    }

    @Override
    public String toString() {
        return "event " + seq + " of lane " + lane.number() + ", run " + Long.toHexString(run) + " (value " + value
                + ")";
    }
}
