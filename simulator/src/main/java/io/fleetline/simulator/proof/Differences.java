package io.fleetline.simulator.proof;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * In how many ways Kafka differs from what one device's journal says.
 *
 * @param counts how many events or commands there are of each kind that there is
 */
public record Differences(Map<Fault.Kind, Long> counts) {
    /** There are none. */
    public static final Differences NONE = new Differences(Map.of());

    private static final Set<Fault.Kind> NAMED = EnumSet.of(
            Fault.Kind.MISSING,
            Fault.Kind.LOST_FROM_DISK,
            Fault.Kind.DOUBLED,
            Fault.Kind.OUT_OF_ORDER,
            Fault.Kind.COMMAND_REPEATED,
            Fault.Kind.COMMAND_LOST,
            Fault.Kind.OUTCOME_LOST,
            Fault.Kind.OUTCOME_DOUBLED,
            Fault.Kind.OUTCOME_INVENTED);

    /** Keeps its own copy of the map. */
    public Differences {
        Map<Fault.Kind, Long> copy = new EnumMap<>(Fault.Kind.class);
        copy.putAll(counts);
        counts = Collections.unmodifiableMap(copy);
    }

    /** Those that these faults tell of, by device. */
    public static Map<String, Differences> byDevice(Stream<Fault> faults) {
        Map<String, Map<Fault.Kind, Long>> devices = new HashMap<>();
        faults.forEach(fault -> devices.computeIfAbsent(fault.device(), name -> new EnumMap<>(Fault.Kind.class))
                .merge(fault.kind(), fault.count(), Long::sum));
        Map<String, Differences> all = new HashMap<>();
        devices.forEach((device, counts) -> all.put(device, new Differences(counts)));
        return all;
    }

    /** Events with a receipt that are not there, and events that were on disk, are not there and were not declared as dropped. */
    public long lost() {
        return of(Fault.Kind.MISSING) + of(Fault.Kind.LOST_FROM_DISK);
    }

    /** Events that are there twice, once repeats of a number are dropped. */
    public long doubled() {
        return of(Fault.Kind.DOUBLED);
    }

    /** How often an event comes before one of its lane that was published before it. */
    public long outOfOrder() {
        return of(Fault.Kind.OUT_OF_ORDER);
    }

    /** Commands whose handler was called more than once. */
    public long commandsRepeated() {
        return of(Fault.Kind.COMMAND_REPEATED);
    }

    /** Commands that Kafka had and that came to nothing, no node having been ended without warning. */
    public long commandsLost() {
        return of(Fault.Kind.COMMAND_LOST);
    }

    /** Commands whose handler came to an end that is not there. */
    public long outcomesLost() {
        return of(Fault.Kind.OUTCOME_LOST);
    }

    /** Commands that have two outcomes which are not the same. */
    public long outcomesDoubled() {
        return of(Fault.Kind.OUTCOME_DOUBLED);
    }

    /** Outcomes that no handler came to. */
    public long outcomesInvented() {
        return of(Fault.Kind.OUTCOME_INVENTED);
    }

    /** All others: of what nobody published, of numbers that contradict, of events in a wrong place. */
    public long others() {
        return counts.entrySet().stream()
                .filter(count -> !NAMED.contains(count.getKey()))
                .mapToLong(Map.Entry::getValue)
                .sum();
    }

    /** All together. */
    public long total() {
        return counts.values().stream().mapToLong(Long::longValue).sum();
    }

    private long of(Fault.Kind kind) {
        return counts.getOrDefault(kind, 0L);
    }

    /** Those that there are, in words: {@code 3 lost, 1 out of order}; empty if there are none. */
    @Override
    public String toString() {
        List<String> words = new ArrayList<>();
        word(words, lost(), "lost");
        word(words, doubled(), "doubled");
        word(words, outOfOrder(), "out of order");
        word(words, commandsRepeated(), "commands run twice");
        word(words, commandsLost(), "commands lost");
        word(words, outcomesLost(), "outcomes lost");
        word(words, outcomesDoubled(), "commands with two outcomes");
        word(words, outcomesInvented(), "outcomes invented");
        word(words, others(), "other differences");
        return String.join(", ", words);
    }

    private static void word(List<String> words, long count, String word) {
        if (count > 0) {
            words.add(count + " " + word);
        }
    }
}
