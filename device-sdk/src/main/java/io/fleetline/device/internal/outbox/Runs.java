package io.fleetline.device.internal.outbox;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The runs of one store that may still be asked for, oldest first: the newest, and those that an unsettled number
 * belongs to. A number belongs to the last run that begins at or below it.
 */
final class Runs {
    /** One opening of the store. */
    static final class Run {
        final long name;
        final long[] first;
        /** 0 until the first welcome after the run began. */
        long order;
        /** Whether the order would outlive a power cut, so that the run's items may be sent. */
        boolean mayBeSent;

        Run(long name, long[] first) {
            this.name = name;
            this.first = first;
        }
    }

    private final List<Run> runs = new ArrayList<>();
    private long highestOrder;

    long highestOrder() {
        return highestOrder;
    }

    List<Run> all() {
        return runs;
    }

    boolean isEmpty() {
        return runs.isEmpty();
    }

    Run newest() {
        return runs.get(runs.size() - 1);
    }

    void begin(Run run) {
        runs.add(run);
    }

    Run owner(int lane, long seq) {
        for (int i = runs.size() - 1; i > 0; i--) {
            if (runs.get(i).first[lane] <= seq) {
                return runs.get(i);
            }
        }
        return runs.get(0);
    }

    /** Whether a run's first number in this lane is this one, so that a gap must not reach across. */
    boolean beginsAt(int lane, long seq) {
        for (Run run : runs) {
            if (run.first[lane] == seq) {
                return true;
            }
        }
        return false;
    }

    /** The last number at or above {@code seq} that belongs to the same run. */
    long lastOfRun(int lane, long seq) {
        long last = Long.MAX_VALUE;
        for (Run run : runs) {
            if (run.first[lane] > seq) {
                last = Math.min(last, run.first[lane] - 1);
            }
        }
        return last;
    }

    /** The run of the number before this run's first, as long as that number is not acknowledged. */
    OptionalLong before(Run run, int lane, long acked) {
        long previous = run.first[lane] - 1;
        return acked < previous ? OptionalLong.of(owner(lane, previous).name) : OptionalLong.empty();
    }

    /** Takes over what a head on disk says of a run. Returns the run if it was not known before. */
    @Nullable Run restore(Run run) {
        highestOrder = Math.max(highestOrder, run.order);
        for (Run known : runs) {
            if (known.name == run.name) {
                known.order = Math.max(known.order, run.order);
                return null;
            }
        }
        runs.add(run);
        return run;
    }

    void restoreHighestOrder(long order) {
        highestOrder = Math.max(highestOrder, order);
    }

    /** Takes over the order of a run that is known. */
    void restoreOrder(long name, long order) {
        restoreHighestOrder(order);
        for (Run run : runs) {
            if (run.name == name) {
                run.order = order;
            }
        }
    }

    boolean isKnown(long name) {
        for (Run run : runs) {
            if (run.name == name) {
                return true;
            }
        }
        return false;
    }

    /** Whether a run has an order that would not yet outlive a power cut. */
    boolean ordersWait() {
        for (Run run : runs) {
            if (run.order != 0 && !run.mayBeSent) {
                return true;
            }
        }
        return false;
    }

    /**
     * Makes one of neighbouring runs that never had an order, until no more than this many are left. Nothing of these runs
     * was ever sent, so nobody can tell; without it a device that keeps starting out of reach of any node would collect
     * runs for ever.
     */
    void joinUnsent(int most) {
        for (int i = runs.size() - 1; i > 0 && runs.size() > most; i--) {
            if (runs.get(i).order == 0 && runs.get(i - 1).order == 0) {
                runs.remove(i);
            }
        }
    }

    /**
     * Gives an order to each run that has none, in the order in which they began. Where damage has taken the order that a run
     * had, it lies below that of the run after it; where there is no room, the runs after it get others, above all so far.
     *
     * @return whether there was one
     */
    boolean giveOrders(long nodeUnixSeconds) {
        boolean given = false;
        for (int i = runs.size() - 2; i >= 0; i--) {
            Run run = runs.get(i);
            long below = runs.get(i + 1).order - 1;
            if (run.order == 0 && below > (i == 0 ? 0 : runs.get(i - 1).order)) {
                run.order = below;
                given = true;
            }
        }
        long previous = 0;
        for (Run run : runs) {
            if (run.order <= previous) {
                highestOrder = Math.max(nodeUnixSeconds, highestOrder + 1);
                run.order = highestOrder;
                run.mayBeSent = false;
                given = true;
            }
            previous = run.order;
        }
        return given;
    }

    /** The orders given so far are on disk, or need not be. */
    void ordersAreSafe() {
        for (Run run : runs) {
            run.mayBeSent = run.order != 0;
        }
    }

    /** Forgets the runs of which nothing is unsettled, but never the newest. */
    void forgetSettled(long[] acked) {
        for (int i = runs.size() - 2; i >= 0; i--) {
            if (isOver(runs.get(i + 1), acked)) {
                runs.subList(0, i + 1).clear();
                return;
            }
        }
    }

    private static boolean isOver(Run successor, long[] acked) {
        for (int lane = 0; lane < acked.length; lane++) {
            if (successor.first[lane] > acked[lane] + 1) {
                return false;
            }
        }
        return true;
    }
}
