package io.fleetline.device.internal.outbox;

import io.fleetline.protocol.DeviceFrame;
import io.fleetline.protocol.GapReason;
import io.fleetline.protocol.Lane;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What an outbox has promised to the world, written down by an observer who sees only what goes in and what comes out,
 * and the judge of what is there after a crash. Shares no code with the outbox.
 */
final class PromiseKeeper {
    /** A broken rule. */
    static final class Broken extends AssertionError {
        private static final long serialVersionUID = 1;

        Broken(String what) {
            super(what);
        }
    }

    /** What a disk may do to the promises. */
    enum Disk {
        /** It keeps what was forced. */
        HONEST,
        /** It keeps what was forced, but cannot always read it: an item that a process needs may become a gap. */
        HARD_TO_READ,
        /** It loses and spoils; then all that is asked is that nothing is invented. */
        TREACHEROUS
    }

    private record ItemNumber(long run, int lane, long seq) {}

    /** What is known of one life of the outbox. */
    private static final class Store {
        final Map<ItemNumber, byte[]> appended = new HashMap<>();
        final Map<ItemNumber, Set<GapReason>> dropped = new HashMap<>();
        final Set<ItemNumber> sentAsEvent = new HashSet<>();
        final Set<ItemNumber> sentAsGap = new HashSet<>();
        /** By lane: numbers that must be there until they are acknowledged, and the run that they belong to. */
        final Map<Integer, NavigableMap<Long, Long>> promised = new HashMap<>();
        /** All that ever was in there. */
        final Set<ItemNumber> kept = new HashSet<>();
        /** By lane: the highest number that was ever promised. It is used up, acknowledged or not. */
        final long[] used = new long[4];

        final long[] acked = new long[4];
        /** Orders of runs, once something of the run was sent. */
        final Map<Long, Long> orders = new HashMap<>();

        final Map<Long, long[]> firsts = new HashMap<>();
        final Set<Long> runs = new HashSet<>();
        /** The run that the process has begun which is alive now. */
        long present;

        void drop(ItemNumber number, GapReason reason) {
            dropped.computeIfAbsent(number, any -> EnumSet.noneOf(GapReason.class))
                    .add(reason);
        }

        void promise(int lane, long seq, long run) {
            promised(lane).put(seq, run);
            used[lane] = Math.max(used[lane], seq);
            kept.add(new ItemNumber(run, lane, seq));
        }

        NavigableMap<Long, Long> promised(int lane) {
            return promised.computeIfAbsent(lane, any -> new TreeMap<>());
        }
    }

    private final Map<Long, Store> stores = new HashMap<>();
    private Disk disk;
    private boolean looking;
    private final boolean mayOverflow;

    PromiseKeeper(Disk disk, boolean mayOverflow) {
        this.disk = disk;
        this.mayOverflow = mayOverflow;
    }

    /** Judges what follows without writing anything down, and as of this disk, until {@link #lookAway}. */
    void look(Disk of) {
        looking = true;
        disk = of;
    }

    /** Ends {@link #look}. */
    void lookAway(Disk of) {
        looking = false;
        disk = of;
    }

    private Store store(long name) {
        return stores.computeIfAbsent(name, any -> new Store());
    }

    @SuppressWarnings("AnnotateFormatMethod") // the annotation would be a dependency more
    private static void check(boolean kept, String what, Object... arguments) {
        if (!kept) {
            throw new Broken(String.format(what, arguments));
        }
    }

    /** A store was opened: its run must be new, and begin behind everything that was promised. */
    void opened(OutboxSnapshot now) {
        Store store = store(now.store());
        check(!store.runs.contains(now.run()), "run %d is used twice", now.run());
        long[] first = new long[4];
        for (int lane = 0; lane < 4; lane++) {
            first[lane] = now.last().get(lane) + 1;
            check(
                    disk == Disk.TREACHEROUS || now.acked().get(lane) <= store.acked[lane],
                    "lane %d counts %d as acknowledged, and only %d is",
                    lane,
                    now.acked().get(lane),
                    store.acked[lane]);
            check(
                    disk == Disk.TREACHEROUS || first[lane] > store.used[lane],
                    "lane %d begins its run at %d, but %d was promised",
                    lane,
                    first[lane],
                    store.used[lane]);
        }
        if (!looking) {
            store.runs.add(now.run());
            store.firsts.put(now.run(), first);
            store.present = now.run();
        }
    }

    void appended(OutboxSnapshot now, Lane lane, long seq, byte[] item) {
        ItemNumber number = new ItemNumber(now.run(), lane.number(), seq);
        check(store(now.store()).appended.put(number, item.clone()) == null, "%s is given twice", number);
    }

    /** Learns of a drop, which the outbox reports for what this process has appended. */
    void dropped(Dropped<?> dropped) {
        ItemNumber number = new ItemNumber(dropped.run(), dropped.lane().number(), dropped.seq());
        store(dropped.store()).drop(number, dropped.reason());
    }

    /** The node refuses an item, which belongs to this run if it was sent. */
    void refused(long store, Lane lane, long seq) {
        Store known = store(store);
        for (long run : known.runs) {
            ItemNumber number = new ItemNumber(run, lane.number(), seq);
            if (known.sentAsEvent.contains(number)) {
                known.drop(number, GapReason.REFUSED);
            }
        }
    }

    void acknowledged(long store, Lane lane, long upTo) {
        Store known = store(store);
        known.acked[lane.number()] = Math.max(known.acked[lane.number()], upTo);
        known.promised(lane.number()).headMap(upTo, true).clear();
    }

    /** All that is held now and not acknowledged is on disk, and known to be. */
    void allIsOnDisk(OutboxSnapshot now, OwnerOf owner) {
        Store store = store(now.store());
        for (int lane = 0; lane < 4; lane++) {
            for (long seq = now.acked().get(lane) + 1; seq <= now.last().get(lane); seq++) {
                Long run = owner.of(lane, seq);
                if (run != null) {
                    store.promise(lane, seq, run);
                }
            }
        }
    }

    /** Tells which run a number belongs to, as the observer has seen it; null if it has not looked. */
    interface OwnerOf {
        Long of(int lane, long seq);
    }

    /** The run that a number of the present contents belongs to: the one in which it was last appended. */
    OwnerOf owners(OutboxSnapshot now, Map<Integer, SortedMap<Long, Long>> recovered) {
        long[] first = store(now.store()).firsts.get(now.run());
        return (lane, seq) -> seq >= first[lane]
                ? Long.valueOf(now.run())
                : recovered.getOrDefault(lane, new TreeMap<>()).get(seq);
    }

    /** A batch may be sent: is it what it may be? With {@code promise}, all in it outlives a crash from now on. */
    void sent(Batch batch, boolean promise) {
        DeviceFrame.Open open = batch.open();
        Store store = store(open.store());
        int lane = open.lane().number();
        check(store.runs.contains(open.run()), "run %d was never opened", open.run());
        Long order = looking ? store.orders.get(open.run()) : store.orders.putIfAbsent(open.run(), open.order());
        if (disk != Disk.TREACHEROUS) {
            check(
                    order == null || order == open.order(),
                    "run %d has order %d, had %d",
                    open.run(),
                    open.order(),
                    order);
            store.orders.forEach((run, other) -> check(
                    run == open.run() || other != open.order(),
                    "order %d is given to runs %d and %d",
                    other,
                    run,
                    open.run()));
            long[] first = store.firsts.get(open.run());
            check(first[lane] == open.first(), "run %d begins at %d, not %d", open.run(), first[lane], open.first());
            checkBefore(store, open, lane);
        }
        check(
                open.next() == batch.from() && open.acked() < batch.from(),
                "the frame %s goes on from %d",
                open,
                batch.from());
        long at = batch.from();
        for (QueuedItem item : batch.items()) {
            check(item.seq() == at && item.to() >= at, "%s where %d was to come", item, at);
            if (item.isGap()) {
                sentGap(store, open.run(), lane, item);
            } else {
                sentEvent(store, new ItemNumber(open.run(), lane, at), item);
            }
            for (long seq = at; seq <= item.to(); seq++) {
                checkOwner(store, lane, seq, open.run());
                if (promise && !looking) {
                    store.promise(lane, seq, open.run());
                }
            }
            at = item.to() + 1;
        }
        check(
                batch.bytes()
                        == batch.items().stream()
                                .mapToInt(item -> item.bytes().length)
                                .sum(),
                "bytes of %s",
                batch);
    }

    private static void checkBefore(Store store, DeviceFrame.Open open, int lane) {
        long previous = open.first() - 1;
        check(
                open.before().isPresent() == (open.acked() < previous),
                "%s has%s a run before it",
                open,
                open.before().isPresent() ? "" : " not");
        Long owner = store.promised(lane).get(previous);
        if (open.before().isPresent() && owner != null) {
            check(open.before().getAsLong() == owner, "%s: number %d belongs to run %d", open, previous, owner);
        }
    }

    private void checkOwner(Store store, int lane, long seq, long run) {
        Long owner = store.promised(lane).get(seq);
        check(
                disk == Disk.TREACHEROUS || owner == null || owner == run,
                "number %d of lane %d is sent under run %d, was promised under %d",
                seq,
                lane,
                run,
                owner);
    }

    private void sentEvent(Store store, ItemNumber number, QueuedItem item) {
        byte[] appended = store.appended.get(number);
        check(appended != null, "%s was never appended", number);
        check(Arrays.equals(appended, item.bytes()), "%s has other bytes than it was appended with", number);
        if (disk != Disk.TREACHEROUS) {
            check(!store.sentAsGap.contains(number), "%s is an event again after it was sent as a gap", number);
        }
        if (!looking) {
            store.sentAsEvent.add(number);
        }
    }

    private void sentGap(Store store, long run, int lane, QueuedItem item) {
        byte[] bytes = item.bytes();
        check(bytes[0] == (byte) 0x83 && bytes[1] == 1, "%s is no gap on the wire", item);
        GapReason reason = GapReason.of(bytes[bytes.length - 1]);
        for (long seq = item.seq(); seq <= item.to(); seq++) {
            ItemNumber number = new ItemNumber(run, lane, seq);
            if (disk != Disk.TREACHEROUS) {
                check(isLegal(store, number, reason), "%s is a gap for being %s, and never was", number, reason);
            }
            if (!looking) {
                store.drop(number, reason);
                store.sentAsGap.add(number);
            }
        }
    }

    private boolean isLegal(Store store, ItemNumber number, GapReason reason) {
        if (store.dropped.getOrDefault(number, Set.of()).contains(reason)) {
            return true;
        }
        if (reason == GapReason.STORAGE_DAMAGED) { // a number that was not yet written, below one that was
            return disk == Disk.HARD_TO_READ
                    || ((looking || number.run != store.present) && !store.kept.contains(number));
        }
        // What an earlier process has appended is dropped without a report, but only for these two reasons.
        boolean earlier = (looking || number.run != store.present) && store.appended.containsKey(number);
        return earlier && ((reason == GapReason.OVERFLOW && mayOverflow) || reason == GapReason.EXPIRED);
    }

    /** After a crash, all of one lane was looked at: what is missing, and is it in one piece? */
    void found(OutboxSnapshot now, Lane lane, SortedMap<Long, Long> runOfSeq) {
        Store store = store(now.store());
        int number = lane.number();
        long next = now.acked().get(number) + 1;
        for (long seq : runOfSeq.keySet()) {
            check(seq == next, "lane %s has %d where %d was to come", lane, seq, next);
            next++;
        }
        check(
                next == now.last().get(number) + 1,
                "lane %s ends at %d, not %d",
                lane,
                next - 1,
                now.last().get(number));
        if (disk != Disk.TREACHEROUS) {
            store.promised(number).forEach((seq, run) -> {
                check(runOfSeq.containsKey(seq), "number %d of lane %s was promised and is lost", seq, lane);
                check(
                        runOfSeq.get(seq).equals(run),
                        "number %d of lane %s belongs to run %d, belonged to %d",
                        seq,
                        lane,
                        runOfSeq.get(seq),
                        run);
            });
        }
    }
}
