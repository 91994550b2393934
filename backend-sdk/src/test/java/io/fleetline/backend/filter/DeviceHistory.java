package io.fleetline.backend.filter;

import io.fleetline.protocol.ClockQuality;
import io.fleetline.protocol.GapReason;
import io.fleetline.protocol.Item;
import io.fleetline.protocol.Lane;
import io.fleetline.protocol.RecordPosition;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;

/**
 * A seeded history of one lane of a device and of the partition that its events land in: it publishes in batches, loses
 * connections, starts again with what its disk has, drops what is too much, is wiped; batches fail, land unnoticed, or
 * land late from a node that it left. What is here is only as much of a device as the filter's properties need.
 */
final class DeviceHistory {
    /** What a crash leaves of what was published. */
    enum Disk {
        /** Everything. */
        DURABLE,
        /** What was written at the last flush: later numbers are used again, and the acknowledgements go back. */
        BUFFERED
    }

    private static final int WINDOW = 8;
    private static final int STEPS = 220;

    /** A node writes nothing of a connection any more that the device left this long ago. */
    private static final long LANDS_WITHIN_MILLIS = 40_000;

    /** An event that was acknowledged: under which number, and with which value. */
    record Receipt(long store, long run, long seq, long value) {}

    private record Kept(long to, OptionalLong value) {}

    private record StartedRun(long name, long order, long first) {}

    private static final class Session {
        final Deque<StreamRecord<Long>> pipe = new ArrayDeque<>();
        long next;
        boolean over;
        long leftAtMillis;
    }

    private final Random random;
    private final Disk mode;
    private final boolean wipes;
    private final List<StreamRecord<Long>> log = new ArrayList<>();
    private final List<Receipt> receipts = new ArrayList<>();
    private final Set<Long> receipted = new HashSet<>();
    private final List<Session> left = new ArrayList<>();
    private final List<StartedRun> runs = new ArrayList<>();
    private final TreeMap<Long, Kept> items = new TreeMap<>();
    private final TreeMap<Long, Kept> disk = new TreeMap<>();
    private Session session = new Session();
    private long store;
    private long order = 1_000;
    private long last;
    private long acked;
    private long ackedOnDisk;
    private long published;
    private long clockMillis = 1_000_000;

    private DeviceHistory(long seed, Disk mode, boolean wipes) {
        this.random = new Random(seed);
        this.mode = mode;
        this.wipes = wipes;
    }

    static DeviceHistory play(long seed, Disk mode, boolean wipes) {
        DeviceHistory history = new DeviceHistory(seed, mode, wipes);
        history.wipe();
        for (int step = 0; step < STEPS; step++) {
            history.step();
        }
        history.settle();
        return history;
    }

    /** The partition. */
    List<StreamRecord<Long>> log() {
        return log;
    }

    /** The acknowledged events, in the order in which they were published. */
    List<Receipt> receipts() {
        return receipts;
    }

    private void step() {
        clockMillis += random.nextInt(2_000);
        left.removeIf(old -> old.leftAtMillis < clockMillis - LANDS_WITHIN_MILLIS);
        int dice = random.nextInt(100);
        if (dice < 22) {
            publish();
        } else if (dice < 50) {
            send();
        } else if (dice < 76) {
            produce(random.nextInt(4) > 0 || left.isEmpty() ? session : left.get(random.nextInt(left.size())), true);
        } else if (dice < 82) {
            flush();
        } else if (dice < 88) {
            reconnect();
        } else if (dice < 92) {
            overflow();
        } else if (dice < 97) {
            crash();
        } else if (wipes && dice == 99) {
            wipe();
        }
    }

    private void publish() {
        last++;
        published++;
        items.put(last, new Kept(last, OptionalLong.of(published)));
        if (mode == Disk.DURABLE) {
            disk.put(last, new Kept(last, OptionalLong.of(published)));
        }
    }

    /** Up to three records of the next items, as far as the window allows. */
    private void send() {
        for (int i = random.nextInt(3); i >= 0; i--) {
            long seq = session.next;
            Map.Entry<Long, Kept> item = items.floorEntry(seq);
            if (item == null || item.getValue().to() < seq || seq - acked > WINDOW) {
                return;
            }
            StartedRun run = owner(seq);
            OptionalLong before = acked < run.first() - 1
                    ? OptionalLong.of(owner(run.first() - 1).name())
                    : OptionalLong.empty();
            RecordPosition position = new RecordPosition(
                    Lane.NORMAL,
                    store,
                    run.name(),
                    run.order(),
                    run.first(),
                    seq,
                    acked,
                    0,
                    ClockQuality.UNKNOWN,
                    before);
            long to = item.getValue().to();
            OptionalLong value = item.getValue().value();
            session.pipe.add(
                    value.isPresent()
                            ? StreamRecord.event(
                                    position, clockMillis, Long.hashCode(value.getAsLong()), value.getAsLong())
                            : StreamRecord.gap(position, clockMillis, new Item.Gap(to, GapReason.OVERFLOW), -1L));
            session.next = to + 1;
        }
    }

    private StartedRun owner(long number) {
        for (int i = runs.size() - 1; i > 0; i--) {
            if (runs.get(i).first() <= number) {
                return runs.get(i);
            }
        }
        return runs.get(0);
    }

    /** One batch of what a session sent: it lands and is acknowledged, lands unnoticed, or fails and ends the session. */
    private void produce(Session from, boolean faults) {
        int outcome = faults ? random.nextInt(12) : 0;
        for (int i = random.nextInt(3); i >= 0 && !from.pipe.isEmpty(); i--) {
            StreamRecord<Long> record = from.pipe.remove();
            if (outcome != 11) {
                log.add(record);
            }
            if (outcome >= 10) {
                from.over = true;
            } else if (from == session && !from.over) {
                acknowledge(record.to());
            }
        }
    }

    private void acknowledge(long upTo) {
        while (!items.isEmpty() && items.firstKey() <= upTo) {
            Map.Entry<Long, Kept> item = items.pollFirstEntry();
            if (item.getValue().to() > upTo) {
                items.put(upTo + 1, item.getValue());
            } else {
                item.getValue().value().ifPresent(value -> receipt(item.getKey(), value));
            }
        }
        acked = Math.max(acked, upTo);
    }

    /** After a crash that took the cursor back, an event may be acknowledged a second time. */
    private void receipt(long seq, long value) {
        if (receipted.add(value)) {
            receipts.add(new Receipt(store, owner(seq).name(), seq, value));
        }
    }

    private void flush() {
        ackedOnDisk = acked;
        disk.clear();
        disk.putAll(items);
    }

    private void reconnect() {
        if (!session.pipe.isEmpty() && random.nextInt(3) > 0) {
            session.leftAtMillis = clockMillis;
            left.add(session);
        }
        session = new Session();
        session.next = acked + 1;
    }

    /** Drops the oldest unsettled items, sent or not: a gap takes their numbers, on disk before it is sent. */
    private void overflow() {
        if (acked >= last) {
            return;
        }
        long from = acked + 1;
        long to = Math.min(last, from + random.nextInt(4));
        Kept cut = items.floorEntry(to).getValue();
        to = Math.max(to, cut.to());
        items.subMap(from, true, to, true).clear();
        while (from <= to) {
            long end = to;
            for (StartedRun run : runs) {
                if (run.first() > from) {
                    end = Math.min(end, run.first() - 1);
                }
            }
            items.put(from, new Kept(end, OptionalLong.empty()));
            from = end + 1;
        }
        flush();
    }

    private void crash() {
        items.clear();
        items.putAll(disk);
        acked = ackedOnDisk;
        last = Math.max(
                acked, items.isEmpty() ? 0 : items.lastEntry().getValue().to());
        start();
    }

    private void wipe() {
        items.clear();
        disk.clear();
        runs.clear();
        store = random.nextInt(1 << 30);
        last = 0;
        acked = 0;
        ackedOnDisk = 0;
        start();
    }

    private void start() {
        long first = Math.max(last, acked) + 1;
        // What a later run owns is no longer an earlier one's; several may begin at the same number.
        runs.add(new StartedRun(random.nextInt(1 << 30), ++order, first));
        reconnect();
    }

    /** No more faults: everything lands, and then two more events, each behind the acknowledgement of the last. */
    private void settle() {
        for (int extra = 0; extra < 3; extra++) {
            reconnect();
            while (acked < last) {
                clockMillis += 1_000;
                send();
                produce(session, false);
            }
            publish();
        }
    }

    /** The numbers of which a record with an event or a gap is in the log, whatever its run. */
    static Set<Long> numbers(List<StreamRecord<Long>> log, long store) {
        Set<Long> numbers = new HashSet<>();
        for (StreamRecord<Long> record : log) {
            for (long seq = record.seq(); record.position().store() == store && seq <= record.to(); seq++) {
                numbers.add(seq);
            }
        }
        return numbers;
    }
}
