package io.fleetline.simulator.proof;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Compares a journal with the records of the events topic, in the order of the log. Repeats of one (store, lane, run,
 * number) are dropped; of what is left, every event that has a receipt must be there exactly once, under the number that
 * its receipt names, in the order in which its lane was published; and nothing may be there that was not published.
 *
 * <p>Of an exact topic more is asked: no repeats, and the events of a lane and store in order as they stand in the log.
 *
 * <p>Not thread-safe.
 */
public final class JournalCheck {
    private record Kept(StoredEvent event, StoredEvent.Place place, long counter) {
        StreamNumber number() {
            return place.number();
        }
    }

    private static final Comparator<Kept> BY_NUMBER = Comparator.<Kept>comparingLong(event -> event.place.order())
            .thenComparingLong(event -> event.number().store())
            .thenComparingLong(event -> event.number().run())
            .thenComparingLong(event -> event.number().seq());

    private record GapRange(StreamNumber from, long to) {
        boolean covers(StreamNumber number) {
            return number.lane() == from.lane()
                    && number.store() == from.store()
                    && number.run() == from.run()
                    && number.seq() >= from.seq()
                    && number.seq() <= to;
        }
    }

    /** What the log said of one device so far. */
    private static final class OfDevice {
        private final int partition;
        private final Map<StreamNumber, Kept> events = new LinkedHashMap<>();
        private final List<GapRange> gaps = new ArrayList<>();
        private long repeats;

        OfDevice(int partition) {
            this.partition = partition;
        }

        long numbersGivenUp() {
            return gaps.stream()
                    .distinct()
                    .mapToLong(gap -> gap.to - gap.from.seq() + 1)
                    .sum();
        }
    }

    private final JournalReading journal;
    private final boolean exact;
    private final Map<String, OfDevice> seen = new HashMap<>();
    private final List<Fault> faults = new ArrayList<>();
    private long records;
    private long foreign;

    /** Begins a comparison of an events topic with this journal. */
    public JournalCheck(JournalReading journal) {
        this(journal, false);
    }

    private JournalCheck(JournalReading journal, boolean exact) {
        this.journal = journal;
        this.exact = exact;
    }

    /** Begins a comparison of an exact topic with this journal. */
    public static JournalCheck ofExact(JournalReading journal) {
        return new JournalCheck(journal, true);
    }

    /** A record that cannot be read. */
    void unreadable(String where, String why) {
        records++;
        faults.add(new Fault(Fault.Kind.UNREADABLE, "?", "the record at " + where + ": " + why));
    }

    /** The next record of its partition. */
    void record(StoredEvent event) {
        records++;
        JournalReading.@Nullable OfDevice told = journal.devices().get(event.device());
        if (told == null) {
            // Somebody else's device: it keeps no journal here.
            foreign++;
            return;
        }
        OfDevice device = seen.computeIfAbsent(event.device(), name -> new OfDevice(event.partition()));
        if (device.partition != event.partition()) {
            fault(
                    Fault.Kind.SCATTERED,
                    event,
                    "has records in partition " + device.partition + " and, at " + event.where() + ", in another");
        }
        if (event.place().isEmpty()) {
            fault(Fault.Kind.UNPUBLISHED, event, "the record at " + event.where() + " has no header fl");
            return;
        }
        StoredEvent.Place place = event.place().get();
        StreamNumber number = place.number();
        if (event.gapTo().isPresent()) {
            device.gaps.add(new GapRange(number, event.gapTo().get()));
            return;
        }
        if (event.mark().isEmpty()) {
            fault(Fault.Kind.UNPUBLISHED, event, "the record at " + event.where() + " bears no device and counter");
            return;
        }
        StoredEvent.Mark mark = event.mark().get();
        if (!mark.device().equals(event.device())) {
            fault(
                    Fault.Kind.UNPUBLISHED,
                    event,
                    "the record at " + event.where() + " bears the name of " + mark.device());
            return;
        }
        if (isOfAnotherRun(mark)) {
            foreign++;
            return;
        }
        if (device.gaps.stream().anyMatch(gap -> gap.covers(number))) {
            // Whichever of an event and its gap comes first counts.
            device.repeats++;
            return;
        }
        Kept kept = new Kept(event, place, mark.counter());
        Kept before = device.events.putIfAbsent(number, kept);
        if (before != null) {
            device.repeats++;
            if (exact) {
                fault(
                        Fault.Kind.DOUBLED,
                        event,
                        number + " is there at " + before.event.where() + " and again at " + event.where());
            }
            if (before.counter != kept.counter) {
                fault(
                        Fault.Kind.CONTRADICTORY,
                        event,
                        number + " is counter " + before.counter + " at " + before.event.where() + " and counter "
                                + kept.counter + " at " + event.where());
            }
        }
    }

    private boolean isOfAnotherRun(StoredEvent.Mark mark) {
        return journal.run().isPresent()
                && mark.run().isPresent()
                && !mark.run().equals(journal.run());
    }

    /**
     * What became of each device's events, once every record has been read; where they differ from the journal is the verdicts' to say.
     *
     * @param lateAfter an event is late if it was stored, by the node's clock, more than this after it was due
     */
    public List<DeviceTally> tallies(Duration lateAfter) {
        List<DeviceTally> tallies = new ArrayList<>();
        journal.devices().forEach((name, told) -> {
            @Nullable OfDevice device = seen.get(name);
            long late = 0;
            long latestMillis = 0;
            for (Kept kept : device == null ? List.<Kept>of() : device.events.values()) {
                long millis = lateMillis(kept.event);
                latestMillis = Math.max(latestMillis, millis);
                late += millis > lateAfter.toMillis() ? 1 : 0;
            }
            tallies.add(new DeviceTally(
                    name,
                    told.published().size(),
                    told.stored().size(),
                    told.dropped(),
                    device == null ? 0 : device.events.size(),
                    device == null ? 0 : device.repeats,
                    device == null ? 0 : device.numbersGivenUp(),
                    late,
                    latestMillis,
                    Differences.NONE,
                    Optional.empty()));
        });
        return tallies;
    }

    /** How long after it was due an event was stored; 0 where that is not known. */
    private long lateMillis(StoredEvent event) {
        if (event.timestampMillis() < 0
                || event.mark().isEmpty()
                || event.mark().get().dueMicros().isEmpty()) {
            return 0;
        }
        long dueMillis = journal.beganMillis() + event.mark().get().dueMicros().getAsLong() / 1_000;
        return Math.max(0, event.timestampMillis() - dueMillis);
    }

    /** What came out, once every record has been read. */
    public Verdict verdict() {
        List<Fault> all = new ArrayList<>(faults);
        journal.devices().forEach((name, told) -> {
            OfDevice device = seen.get(name);
            compare(name, told, device == null ? Map.of() : device.events, all);
            if (journal.quiet() && !exact) {
                checkDisk(name, told, device, all);
            }
        });
        return new Verdict(
                journal.published(),
                journal.receipts(),
                records,
                seen.values().stream().mapToLong(device -> device.repeats).sum(),
                foreign,
                all);
    }

    /** What was on disk when its process was killed must be there, but for as many events as the device says it has dropped. */
    private static void checkDisk(
            String name, JournalReading.OfDevice told, @Nullable OfDevice device, List<Fault> faults) {
        Set<Long> missing = new TreeSet<>(told.onDisk());
        if (device != null) {
            device.events.values().forEach(event -> missing.remove(event.counter));
        }
        missing.removeIf(told::isDropped);
        long gaps = device == null ? 0 : device.numbersGivenUp();
        if (missing.size() > gaps) {
            // What has a receipt is told of as missing, each by itself.
            long untold = missing.stream()
                    .filter(counter -> !told.stored().containsKey(counter))
                    .count();
            faults.add(new Fault(
                    Fault.Kind.LOST_FROM_DISK,
                    name,
                    "of what was on disk when its process was killed " + missing.size() + " events are not there, "
                            + gaps + " of them declared as dropped; the first has counter "
                            + missing.iterator().next(),
                    Math.max(0, untold - gaps)));
        }
    }

    private void compare(
            String device, JournalReading.OfDevice told, Map<StreamNumber, Kept> events, List<Fault> faults) {
        Map<Long, Kept> byCounter = new TreeMap<>();
        Map<Integer, List<Kept>> lanes = new TreeMap<>();
        events.values().forEach(event -> {
            if (event.counter <= told.before()) {
                // Published before this journal began, and only stored since.
                return;
            }
            Integer lane = told.published().get(event.counter);
            if (lane == null) {
                faults.add(new Fault(
                        Fault.Kind.UNPUBLISHED,
                        device,
                        "counter " + event.counter + " at " + event.event.where() + " was never published"));
                return;
            }
            lanes.computeIfAbsent(event.number().lane(), number -> new ArrayList<>())
                    .add(event);
            Kept first = byCounter.putIfAbsent(event.counter, event);
            if (first != null) {
                faults.add(new Fault(
                        Fault.Kind.DOUBLED,
                        device,
                        "counter " + event.counter + " is there as " + first.number() + " and as " + event.number()));
            } else if (lane != event.number().lane()) {
                faults.add(new Fault(
                        Fault.Kind.MISPLACED,
                        device,
                        "counter " + event.counter + " was published on lane " + lane + " and is there as "
                                + event.number()));
            }
        });
        told.stored().forEach((counter, promise) -> {
            Kept event = byCounter.get(counter);
            if (event == null) {
                faults.add(new Fault(
                        Fault.Kind.MISSING,
                        device,
                        "counter " + counter + " has a receipt (" + promise + ") and is not there"));
            } else if (!event.number().equals(promise)) {
                faults.add(new Fault(
                        Fault.Kind.MISPLACED,
                        device,
                        "counter " + counter + " has a receipt as " + promise + " and is there as " + event.number()));
            }
        });
        lanes.values().forEach(lane -> {
            if (exact) {
                Map<Long, List<Kept>> stores = new TreeMap<>();
                lane.forEach(event -> stores.computeIfAbsent(event.number().store(), store -> new ArrayList<>())
                        .add(event));
                stores.values().forEach(store -> checkOrder(device, store, faults));
            } else {
                lane.sort(BY_NUMBER);
                checkOrder(device, lane, faults);
            }
        });
    }

    /** Counters must rise: in the order of runs and numbers, or as an exact topic has them. */
    private static void checkOrder(String device, List<Kept> lane, List<Fault> faults) {
        Kept before = null;
        for (Kept event : lane) {
            // Equal counters are one counter under two numbers, and told as that.
            if (before != null && event.counter < before.counter) {
                faults.add(new Fault(
                        Fault.Kind.OUT_OF_ORDER,
                        device,
                        "counter " + before.counter + " (" + before.number() + ") comes before counter " + event.counter
                                + " (" + event.number() + ")"));
            }
            before = event;
        }
    }

    private void fault(Fault.Kind kind, StoredEvent event, String sentence) {
        faults.add(new Fault(kind, event.device(), sentence));
    }
}
