package io.fleetline.backend.filter;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Which runs of a stream took over from which: the <em>path</em> says which run owns a number, the runs
 * <em>taken over</em> are those whose late copies are dropped.
 */
final class Takeovers {
    /** A run that took over, and the first number that is its own. */
    record Owner(long run, long first) {}

    /** A run that was taken over. */
    static final class TakenOver {
        private final long run;
        private final long sinceMillis;
        private final NumberRanges unseen;
        private boolean overtaken;

        TakenOver(long run, long sinceMillis, NumberRanges unseen, boolean overtaken) {
            this.run = run;
            this.sinceMillis = sinceMillis;
            this.unseen = unseen;
            this.overtaken = overtaken;
        }

        /** When: the earliest record of what took over. */
        long sinceMillis() {
            return sinceMillis;
        }

        /** Its numbers of which no record has been seen. */
        NumberRanges unseen() {
            return unseen;
        }

        /** Whether OVERTAKEN has been told of it. */
        boolean isOvertaken() {
            return overtaken;
        }

        /** Notes that OVERTAKEN is told of it. */
        void overtake() {
            overtaken = true;
        }
    }

    private final ArrayList<Owner> path = new ArrayList<>(2);
    private final ArrayList<TakenOver> takenOver = new ArrayList<>(2);

    /** A run owns every number from its first on, also those that earlier runs used. */
    void enter(long run, long first) {
        path.removeIf(owner -> owner.first() >= first);
        path.add(new Owner(run, first));
    }

    void leave(long run, long sinceMillis, NumberRanges unseen) {
        takenOver.add(new TakenOver(run, sinceMillis, unseen, false));
    }

    /** The run that this number belongs to, as far as is remembered. */
    OptionalLong ownerOf(long number) {
        for (int i = path.size() - 1; i >= 0; i--) {
            if (path.get(i).first() <= number) {
                return OptionalLong.of(path.get(i).run());
            }
        }
        return OptionalLong.empty();
    }

    /** What is remembered of this run, if it was taken over. */
    @Nullable TakenOver takenOver(long run) {
        for (TakenOver each : takenOver) {
            if (each.run == run) {
                return each;
            }
        }
        return null;
    }

    void forgetUnseen(NumberRanges.Range told) {
        for (TakenOver each : takenOver) {
            each.unseen.remove(told.from(), told.to());
        }
    }

    /** Keeps to the limits; a run that was taken over long ago gives way earlier than one of which copies may be under way. */
    void forgetOldest(FilterLimits limits, long nowMillis) {
        forgetOldest(path, path.size() - limits.path());
        int excess = Math.max(0, takenOver.size() - limits.remembered());
        long horizonMillis = nowMillis - limits.rememberedFor().toMillis();
        while (takenOver.size() - excess > limits.path() && takenOver.get(excess).sinceMillis < horizonMillis) {
            excess++;
        }
        forgetOldest(takenOver, excess);
    }

    private static void forgetOldest(List<?> list, int count) {
        if (count > 0) {
            list.subList(0, count).clear();
        }
    }

    void writeTo(StateWriter state) {
        state.number(path.size());
        for (Owner owner : path) {
            state.number(owner.run());
            state.number(owner.first());
        }
        state.number(takenOver.size());
        for (TakenOver each : takenOver) {
            state.number(each.run);
            state.number(each.sinceMillis);
            each.unseen.writeTo(state);
            state.flag(each.overtaken);
        }
    }

    static Takeovers readFrom(StateReader state) {
        Takeovers takeovers = new Takeovers();
        for (int left = state.count(); left > 0; left--) {
            takeovers.path.add(new Owner(state.number(), state.number()));
        }
        for (int left = state.count(); left > 0; left--) {
            takeovers.takenOver.add(
                    new TakenOver(state.number(), state.number(), NumberRanges.readFrom(state), state.flag()));
        }
        return takeovers;
    }
}
