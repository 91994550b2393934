package io.fleetline.simulator.report;

import io.fleetline.simulator.proof.DeviceTally;
import io.fleetline.simulator.proof.Differences;
import java.util.List;
import java.util.function.ToLongFunction;

/**
 * A column of the table of devices.
 *
 * @param title what stands over it
 * @param always whether each table has it, be there something in it or not
 * @param count what stands in it
 */
record TallyColumn(String title, boolean always, ToLongFunction<DeviceTally> count) {
    private static final List<TallyColumn> ALL = List.of(
            new TallyColumn("lost", true, differences(Differences::lost)),
            new TallyColumn("doubled", true, differences(Differences::doubled)),
            new TallyColumn("out of order", true, differences(Differences::outOfOrder)),
            new TallyColumn("commands run twice", false, differences(Differences::commandsRepeated)),
            new TallyColumn("commands lost", false, differences(Differences::commandsLost)),
            new TallyColumn("outcomes lost", false, differences(Differences::outcomesLost)),
            new TallyColumn("commands with two outcomes", false, differences(Differences::outcomesDoubled)),
            new TallyColumn("outcomes invented", false, differences(Differences::outcomesInvented)),
            new TallyColumn("other differences", false, differences(Differences::others)),
            new TallyColumn("exact topic: lost", false, exact(Differences::lost)),
            new TallyColumn("exact topic: doubled", false, exact(Differences::doubled)),
            new TallyColumn("exact topic: out of order", false, exact(Differences::outOfOrder)),
            new TallyColumn("exact topic: other differences", false, exact(Differences::others)),
            new TallyColumn("published", true, DeviceTally::published),
            new TallyColumn("receipts", true, DeviceTally::receipts),
            new TallyColumn("dropped", true, DeviceTally::dropped),
            new TallyColumn("gaps", true, DeviceTally::gaps),
            new TallyColumn("repeats", true, DeviceTally::repeats),
            new TallyColumn("late", true, DeviceTally::late));

    private static ToLongFunction<DeviceTally> differences(ToLongFunction<Differences> which) {
        return tally -> which.applyAsLong(tally.differences());
    }

    private static ToLongFunction<DeviceTally> exact(ToLongFunction<Differences> which) {
        return tally -> tally.exact().map(which::applyAsLong).orElse(0L);
    }

    /** Those that a table of these devices wants: those that each table has, and those in which there is something. */
    static List<TallyColumn> of(List<DeviceTally> devices) {
        return ALL.stream()
                .filter(column -> column.always || devices.stream().anyMatch(tally -> column.of(tally) > 0))
                .toList();
    }

    /** What stands in it. */
    long of(DeviceTally tally) {
        return count.applyAsLong(tally);
    }
}
