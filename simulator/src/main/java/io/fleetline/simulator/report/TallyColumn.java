package io.fleetline.simulator.report;

import io.fleetline.simulator.proof.DeviceTally;
import io.fleetline.simulator.proof.Differences;
import java.util.List;
import java.util.function.ToLongFunction;

/** A column of the table of devices. */
enum TallyColumn {
    LOST("lost", true, of(Differences::lost)),
    DOUBLED("doubled", true, of(Differences::doubled)),
    OUT_OF_ORDER("out of order", true, of(Differences::outOfOrder)),
    COMMANDS_REPEATED("commands run twice", false, of(Differences::commandsRepeated)),
    COMMANDS_LOST("commands lost", false, of(Differences::commandsLost)),
    OUTCOMES_LOST("outcomes lost", false, of(Differences::outcomesLost)),
    OUTCOMES_DOUBLED("commands with two outcomes", false, of(Differences::outcomesDoubled)),
    OUTCOMES_INVENTED("outcomes invented", false, of(Differences::outcomesInvented)),
    OTHERS("other differences", false, of(Differences::others)),
    EXACT_LOST("exact topic: lost", false, ofExact(Differences::lost)),
    EXACT_DOUBLED("exact topic: doubled", false, ofExact(Differences::doubled)),
    EXACT_OUT_OF_ORDER("exact topic: out of order", false, ofExact(Differences::outOfOrder)),
    EXACT_OTHERS("exact topic: other differences", false, ofExact(Differences::others)),
    PUBLISHED("published", true, DeviceTally::published),
    RECEIPTS("receipts", true, DeviceTally::receipts),
    DROPPED("dropped", true, DeviceTally::dropped),
    GAPS("gaps", true, DeviceTally::gaps),
    REPEATS("repeats", true, DeviceTally::repeats),
    LATE("late", true, DeviceTally::late);

    private final String title;
    private final boolean always;
    private final ToLongFunction<DeviceTally> count;

    TallyColumn(String title, boolean always, ToLongFunction<DeviceTally> count) {
        this.title = title;
        this.always = always;
        this.count = count;
    }

    private static ToLongFunction<DeviceTally> of(ToLongFunction<Differences> which) {
        return tally -> which.applyAsLong(tally.differences());
    }

    private static ToLongFunction<DeviceTally> ofExact(ToLongFunction<Differences> which) {
        return tally -> tally.exact().map(which::applyAsLong).orElse(0L);
    }

    /** Those that a table of these devices wants: those that each table has, and those in which there is something. */
    static List<TallyColumn> of(List<DeviceTally> devices) {
        return List.of(values()).stream()
                .filter(column -> column.always || devices.stream().anyMatch(tally -> column.of(tally) > 0))
                .toList();
    }

    /** What stands over it. */
    String title() {
        return title;
    }

    /** What stands in it. */
    long of(DeviceTally tally) {
        return count.applyAsLong(tally);
    }
}
