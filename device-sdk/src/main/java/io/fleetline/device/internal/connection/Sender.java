package io.fleetline.device.internal.connection;

import io.fleetline.device.internal.outbox.Batch;
import io.fleetline.device.internal.outbox.Outbox;
import io.fleetline.device.internal.outbox.QueuedItem;
import io.fleetline.protocol.Lane;
import io.fleetline.protocol.cbor.FrameEncoder;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Decides what of the outbox goes out next on one connection: which lane, how much, and when it has to wait. As long as
 * the connection lasts; the outbox outlives it.
 */
final class Sender {
    /** The order in which lanes are asked. Outcomes go before events: somebody waits for them. */
    private static final List<Lane> BY_URGENCY = List.of(Lane.URGENT, Lane.OUTCOMES, Lane.NORMAL, Lane.BACKFILL);

    /** The pause after the first rewind in a row; it doubles, in case a node asks for none. */
    private static final long LEAST_REWIND_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private static final long NEVER = Long.MAX_VALUE;

    private final Outbox<?> outbox;
    private final SendingRules rules;
    private final Limits limits;
    private final Quarantine quarantine;
    private final Counters counters;
    private final Pacer items;
    private final Pacer bytes;
    private final Map<Lane, LaneSession> lanes = new EnumMap<>(Lane.class);
    private final Map<Lane, Long> lingersUntilNanos = new EnumMap<>(Lane.class);
    /** Lanes that had nothing, until the outbox says that there is more. */
    private final Set<Lane> idle = EnumSet.noneOf(Lane.class);
    /** What follows the {@code open} that went out last. */
    private Optional<Batch> opened = Optional.empty();

    private long wakeAtNanos = NEVER;

    Sender(
            Outbox<?> outbox,
            SendingRules rules,
            Limits limits,
            Quarantine quarantine,
            Counters counters,
            long nowNanos) {
        this.outbox = outbox;
        this.rules = rules;
        this.limits = limits;
        this.quarantine = quarantine;
        this.counters = counters;
        this.items = new Pacer(limits.eventsPerSecond(), nowNanos);
        this.bytes = new Pacer(limits.bytesPerSecond(), nowNanos);
        for (Lane lane : BY_URGENCY) {
            lanes.put(lane, new LaneSession(lane, nowNanos));
        }
    }

    /** The next frame, if one is to go out now. */
    Optional<byte[]> nextFrame(long nowNanos) {
        if (opened.isPresent()) {
            Batch batch = opened.get();
            opened = Optional.empty();
            return Optional.of(publish(batch, nowNanos));
        }
        wakeAtNanos = NEVER;
        if (items.allowance(nowNanos) == 0 || bytes.allowance(nowNanos) == 0) {
            wakeAtNanos = Math.max(items.readyAtNanos(), bytes.readyAtNanos());
            return Optional.empty();
        }
        for (Lane lane : BY_URGENCY) {
            Optional<Batch> batch = batch(session(lane), nowNanos);
            if (batch.isPresent()) {
                return Optional.of(send(batch.get(), nowNanos));
            }
        }
        return Optional.empty();
    }

    /** When {@link #nextFrame}, having had nothing, may have something although nothing else happens. */
    long wakeAtNanos() {
        return wakeAtNanos;
    }

    /** The outbox may have more than it had. */
    void moreToSend() {
        idle.clear();
    }

    int inFlightItems() {
        int sum = 0;
        for (LaneSession lane : lanes.values()) {
            sum += lane.inFlight().items();
        }
        return sum;
    }

    long inFlightBytes() {
        long sum = 0;
        for (LaneSession lane : lanes.values()) {
            sum += lane.inFlight().bytes();
        }
        return sum;
    }

    /** Takes an ack in. Returns what is wrong with it, if anything; nothing new in it is nothing wrong. */
    Optional<String> acknowledged(Lane lane, long upTo) {
        LaneSession session = session(lane);
        if (upTo <= session.acked()) {
            return Optional.empty();
        }
        if (!session.isOpen() || upTo >= session.next()) {
            return Optional.of("ack of lane " + lane + " up to " + upTo + ", but "
                    + (session.isOpen() ? "only " + (session.next() - 1) + " was sent" : "the lane is not open"));
        }
        session.acknowledged(upTo);
        quarantine.settled(lane, upTo);
        return Optional.empty();
    }

    /** Takes a rewind in: the lane opens again after a while. */
    Optional<String> rewound(Lane lane, long from, long afterMillis, long nowNanos) {
        LaneSession session = session(lane);
        Optional<String> wrong = mustBeNext("rewind", session, from);
        if (wrong.isEmpty()) {
            long asked = Math.min(afterMillis, Limits.MOST_REWIND.toMillis()) * 1_000_000;
            long least = Math.min(LEAST_REWIND_NANOS << Math.min(session.rewinds(), 20), Limits.MOST_REWIND.toNanos());
            session.rewound(nowNanos + Math.max(asked, least));
            closed(lane);
        }
        return wrong;
    }

    /** Takes a reject in: the lane opens again as soon as the outbox has a gap in the item's place. */
    Optional<String> rejected(Lane lane, long seq, long nowNanos) {
        LaneSession session = session(lane);
        Optional<String> wrong = mustBeNext("reject", session, seq);
        if (wrong.isEmpty() && seq >= session.next()) {
            wrong = Optional.of("reject of lane " + lane + ", number " + seq + ", which was not sent");
        }
        if (wrong.isEmpty()) {
            session.closed(nowNanos);
            closed(lane);
        }
        return wrong;
    }

    /** The node ended the connection because of a frame. */
    void refused(long nowNanos) {
        List<Quarantine.Suspect> inFlight = new ArrayList<>();
        for (LaneSession session : lanes.values()) {
            if (session.inFlight().items() > 0) {
                quarantine.suspect(session.lane(), session.inFlight().last());
                inFlight.add(new Quarantine.Suspect(
                        session.lane(), session.inFlight().last()));
            }
        }
        if (inFlightItems() == 1 && quarantine.blame(inFlight.get(0))) {
            outbox.refuse(inFlight.get(0).lane(), inFlight.get(0).seq(), nowNanos);
        }
    }

    // From a lane session's first number on everything is unacknowledged, and both frames name the number after it.
    private static Optional<String> mustBeNext(String frame, LaneSession session, long seq) {
        if (session.isOpen() && seq == session.acked() + 1) {
            return Optional.empty();
        }
        return Optional.of(frame + " of lane " + session.lane() + " at " + seq + ", but "
                + (session.isOpen() ? (session.acked() + 1) + " comes after what is acknowledged" : "it is not open"));
    }

    private Optional<Batch> batch(LaneSession session, long nowNanos) {
        Lane lane = session.lane();
        if (!session.isOpen() && nowNanos < session.openAtNanos()) {
            wakeBy(session.openAtNanos());
            return Optional.empty();
        }
        int inFlightItems = inFlightItems();
        long windowBytes = limits.windowBytes() - inFlightBytes();
        int windowItems = (quarantine.isOn() ? 1 : windowItems(lane)) - inFlightItems;
        boolean full = windowItems <= 0 || (inFlightItems > 0 && windowBytes <= 0);
        if (full || idle.contains(lane) || lingers(lane, nowNanos)) {
            return Optional.empty();
        }
        int mostItems = (int) Math.min(Math.min(rules.maxFrameItems(), windowItems), items.allowance(nowNanos));
        int frameBytes = Math.min(rules.maxFrameBytes(), limits.maxFrameBytes()) - Batch.ENVELOPE_BYTES;
        int mostBytes = (int) Math.max(1, Math.min(Math.min(frameBytes, windowBytes), bytes.allowance(nowNanos)));
        long from = session.isOpen() ? session.next() : outbox.beginSession(lane);
        Optional<Batch> batch = outbox.next(lane, from, mostItems, mostBytes);
        if (batch.isEmpty()) {
            idle.add(lane);
            return Optional.empty();
        }
        Batch found = batch.get();
        if (found.bytes() > limits.maxFrameBytes() - Batch.ENVELOPE_BYTES) {
            // No node takes a frame of this size, so none will say no either: the device has to.
            outbox.refuse(lane, found.from(), nowNanos);
            wakeBy(nowNanos);
            return Optional.empty();
        }
        boolean worthwhile = found.items().size() >= mostItems || found.bytes() >= mostBytes / 2;
        if (!worthwhile && startsToLinger(lane, nowNanos)) {
            return Optional.empty();
        }
        // One item alone may always be sent, but more of them never above the window.
        return inFlightItems > 0 && found.bytes() > windowBytes ? Optional.empty() : batch;
    }

    /** Backfill leaves half of the window free, so that what comes meanwhile does not stand behind it. */
    private int windowItems(Lane lane) {
        return lane == Lane.BACKFILL ? Math.max(1, limits.windowItems() / 2) : limits.windowItems();
    }

    private boolean lingers(Lane lane, long nowNanos) {
        Long until = lingersUntilNanos.get(lane);
        if (until == null || nowNanos >= until) {
            return false;
        }
        wakeBy(until);
        return true;
    }

    private boolean startsToLinger(Lane lane, long nowNanos) {
        if (rules.lingerNanos() == 0
                || lane == Lane.URGENT
                || lane == Lane.OUTCOMES
                || lingersUntilNanos.containsKey(lane)) {
            return false;
        }
        lingersUntilNanos.put(lane, nowNanos + rules.lingerNanos());
        wakeBy(nowNanos + rules.lingerNanos());
        return true;
    }

    private byte[] send(Batch batch, long nowNanos) {
        LaneSession session = session(batch.lane());
        if (session.needsOpen(batch.open().run())) {
            session.opened(batch.open().run(), batch.from(), batch.open().acked());
            opened = Optional.of(batch);
            return FrameEncoder.encode(batch.open());
        }
        return publish(batch, nowNanos);
    }

    private byte[] publish(Batch batch, long nowNanos) {
        LaneSession session = session(batch.lane());
        for (QueuedItem item : batch.items()) {
            session.sent(item.to(), item.bytes().length);
        }
        items.spend(batch.items().size(), nowNanos);
        bytes.spend(batch.bytes(), nowNanos);
        lingersUntilNanos.remove(batch.lane());
        counters.published(batch);
        return batch.publishFrame();
    }

    private void closed(Lane lane) {
        idle.remove(lane);
        if (opened.isPresent() && opened.get().lane() == lane) {
            opened = Optional.empty();
        }
    }

    private LaneSession session(Lane lane) {
        LaneSession session = lanes.get(lane);
        if (session == null) {
            throw new IllegalArgumentException("lane " + lane);
        }
        return session;
    }

    private void wakeBy(long atNanos) {
        wakeAtNanos = Math.min(wakeAtNanos, atNanos);
    }
}
