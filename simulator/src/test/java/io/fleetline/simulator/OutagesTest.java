package io.fleetline.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fleetline.simulator.proof.Journal;
import io.fleetline.simulator.scenario.Outage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class OutagesTest {
    private static final Outage.Part NODE = new Outage.Part(Outage.Role.NODE, 1);
    private static final Outage.Part BROKER = new Outage.Part(Outage.Role.BROKER, 2);

    @TempDir
    private Path directory;

    private final List<String> done = new CopyOnWriteArrayList<>();

    /** Notes down what is asked of it. */
    private class Noting implements Breakable {
        @Override
        public void kill(Outage.Part part) {
            done.add("kill " + part);
        }

        @Override
        public void pause(Outage.Part part) throws IOException {
            done.add("pause " + part);
        }

        @Override
        public void mend(Outage.Part part) throws IOException, InterruptedException {
            done.add("mend " + part);
        }
    }

    @Test
    void whatIsStillBrokenAtTheEndIsMended() throws Exception {
        try (Journal journal = Journal.create(directory.resolve("journal"));
                Outages outages = new Outages(part -> new Noting(), journal)) {
            Pacer pacer = new Pacer(System::nanoTime);
            outages.schedule(new Outage(Outage.Kind.KILL, NODE, Duration.ZERO, Duration.ofMillis(1)), pacer);
            outages.schedule(new Outage(Outage.Kind.PAUSE, BROKER, Duration.ZERO, Duration.ofDays(1)), pacer);

            pacer.run(System.nanoTime(), Duration.ofMillis(20).toNanos());
            outages.mendAll();

            assertThat(done)
                    .containsExactlyInAnyOrder("kill node-1", "mend node-1", "pause broker-2", "mend broker-2")
                    .containsSubsequence("kill node-1", "mend node-1")
                    .containsSubsequence("pause broker-2", "mend broker-2");
        }
        assertThat(Files.readAllLines(directory.resolve("journal")))
                .containsExactlyInAnyOrder("X node-1 KILL", "X broker-2 PAUSE");
    }

    @Test
    void onePartThatTakesLongHoldsUpNoOther() throws Exception {
        CountDownLatch brokerKilled = new CountDownLatch(1);
        Breakable slow = new Noting() {
            @Override
            public void kill(Outage.Part part) {
                super.kill(part);
                if (part.equals(BROKER)) {
                    brokerKilled.countDown();
                }
            }

            @Override
            public void mend(Outage.Part part) throws IOException, InterruptedException {
                if (part.equals(NODE)) {
                    brokerKilled.await();
                }
                super.mend(part);
            }
        };
        try (Journal journal = Journal.create(directory.resolve("journal"));
                Outages outages = new Outages(part -> slow, journal)) {
            Pacer pacer = new Pacer(System::nanoTime);
            outages.schedule(new Outage(Outage.Kind.KILL, NODE, Duration.ZERO, Duration.ofMillis(1)), pacer);
            outages.schedule(new Outage(Outage.Kind.KILL, BROKER, Duration.ofMillis(5), Duration.ofMillis(1)), pacer);

            pacer.run(System.nanoTime(), Duration.ofMillis(20).toNanos());
            outages.mendAll();

            assertThat(done).containsSubsequence("kill broker-2", "mend node-1");
        }
    }

    @Test
    void anOutageThatFailsIsSaid() throws Exception {
        Breakable stubborn = new Noting() {
            @Override
            public void pause(Outage.Part part) throws IOException {
                throw new IOException("there is no such process");
            }
        };
        try (Journal journal = Journal.create(directory.resolve("journal"));
                Outages outages = new Outages(part -> stubborn, journal)) {
            Pacer pacer = new Pacer(System::nanoTime);
            outages.schedule(new Outage(Outage.Kind.PAUSE, BROKER, Duration.ZERO, Duration.ofMillis(1)), pacer);
            outages.schedule(new Outage(Outage.Kind.KILL, NODE, Duration.ZERO, Duration.ofMillis(1)), pacer);

            pacer.run(System.nanoTime(), Duration.ofMillis(20).toNanos());
            outages.mendAll();

            assertThat(outages.failures()).containsExactly("pause of broker-2 failed: there is no such process");
        }
    }

    @Test
    void whatDoesNotStartAgainIsSaid() throws Exception {
        Breakable gone = new Noting() {
            @Override
            public void mend(Outage.Part part) throws IOException {
                throw new IOException("the port is taken");
            }
        };
        try (Journal journal = Journal.create(directory.resolve("journal"));
                Outages outages = new Outages(part -> gone, journal)) {
            Pacer pacer = new Pacer(System::nanoTime);
            outages.schedule(new Outage(Outage.Kind.KILL, NODE, Duration.ZERO, Duration.ofDays(1)), pacer);
            pacer.run(System.nanoTime(), Duration.ofMillis(5).toNanos());

            assertThatThrownBy(outages::mendAll)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("the port is taken");
        }
    }
}
