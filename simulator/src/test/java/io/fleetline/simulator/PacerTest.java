package io.fleetline.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class PacerTest {
    private static final long MILLI = 1_000_000;

    /** Goes on by a tenth of a millisecond each time that somebody looks. */
    private final AtomicLong now = new AtomicLong(500 * MILLI);

    private final Pacer pacer = new Pacer(() -> now.getAndAdd(MILLI / 10));
    private final List<String> done = new ArrayList<>();

    @Test
    void whatIsDueIsDoneInTheOrderInWhichItWasDue() {
        pacer.add(2 * MILLI, due -> note("once", due, Pacer.NEVER));
        pacer.add(MILLI, due -> note("again", due, due + 2 * MILLI));
        pacer.add(10 * MILLI, due -> note("after the end", due, Pacer.NEVER));

        pacer.run(now.get(), 6 * MILLI);

        assertThat(done).containsExactly("again 1", "once 2", "again 3", "again 5");
    }

    @Test
    void whatIsLateIsDoneAllTheSameAndItsLatenessIsKept() {
        long began = now.get();
        pacer.add(MILLI, due -> {
            now.addAndGet(50 * MILLI);
            return note("slow", due, Pacer.NEVER);
        });
        pacer.add(2 * MILLI, due -> note("behind", due, due + MILLI));

        pacer.run(began, 4 * MILLI);

        assertThat(done).containsExactly("slow 1", "behind 2", "behind 3");
        assertThat(pacer.lag().total().maxNanos()).isBetween(48 * MILLI, 60 * MILLI);
    }

    @Test
    void oneTasksTroubleIsNotAnothers() {
        pacer.add(MILLI, due -> {
            throw new IllegalStateException("broken");
        });
        pacer.add(2 * MILLI, due -> note("whole", due, Pacer.NEVER));

        pacer.run(now.get(), 4 * MILLI);

        assertThat(done).containsExactly("whole 2");
    }

    @Test
    void itCanBeEndedEarly() {
        pacer.add(0, due -> {
            pacer.end();
            return note("only", due, due + 1);
        });

        pacer.run(now.get(), 4 * MILLI);

        assertThat(done).containsExactly("only 0");
    }

    private long note(String what, long dueNanos, long again) {
        done.add(what + " " + dueNanos / MILLI);
        return again;
    }
}
