package io.fleetline.system.faults;

import io.fleetline.devkafka.DevKafka;
import io.fleetline.testkit.Seeds;
import io.fleetline.testkit.TcpProxy;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Three brokers, two nodes and fifty devices, all in processes of their own, of which some are killed, halted, cut off or left
 * with half-open connections for a minute. Afterwards Kafka must hold what the devices' receipts promise.
 */
class RealFaultsTest {
    /** Of a broker that has to recover its logs while everybody else starts too. */
    private static final Duration START_TIMEOUT = Duration.ofMinutes(4);

    private static final List<TcpProxy> WAYS_TO_KAFKA = new ArrayList<>();
    private static final Set<Integer> PORTS_GIVEN = new HashSet<>();
    private static DevKafka kafka;

    /** Stays where it is if a run fails: the journals and what each process said. */
    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    Path directory;

    @BeforeAll
    static void startKafka() throws IOException {
        DevKafka.Builder builder =
                DevKafka.builder().processes(FaultScript.BROKERS).startTimeout(START_TIMEOUT);
        for (int broker = 0; broker < FaultScript.BROKERS; broker++) {
            int port = freePort();
            TcpProxy way = TcpProxy.open().to(port);
            WAYS_TO_KAFKA.add(way);
            builder.detour(port, way.port());
        }
        kafka = builder.start();
    }

    @AfterAll
    static void stopKafka() {
        kafka.close();
        WAYS_TO_KAFKA.forEach(TcpProxy::close);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    @Tag("interop")
    void kafkaHoldsWhatReceiptsPromiseWhateverDies(long seed) throws Exception {
        run(seed);
    }

    @Test
    @Tag("long")
    void andSoItDoesThirtyTimes() {
        Seeds.forEach(30, seed -> {
            try {
                run(seed);
            } catch (IOException | InterruptedException | ExecutionException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    private void run(long seed) throws IOException, InterruptedException, ExecutionException {
        String detour =
                WAYS_TO_KAFKA.stream().map(way -> "127.0.0.1:" + way.port()).collect(Collectors.joining(","));
        try (FaultyRun run = new FaultyRun(seed, kafka, WAYS_TO_KAFKA, detour, directory.resolve("seed-" + seed))) {
            run.play();
            System.out.println("seed " + seed + ": " + run.judge());
            run.forget();
        } finally {
            WAYS_TO_KAFKA.forEach(TcpProxy::mend);
            // After a run that failed in the middle, the next one is not to fail for that.
            kafka.start(kafka.brokers().stream().mapToInt(Integer::intValue).toArray());
        }
    }

    /** Free, and below those that the system gives to outgoing connections. */
    static int freePort() throws IOException {
        // Each process looks from elsewhere: what is free now is only taken when a broker starts.
        int from = 12_000 + (int) (ProcessHandle.current().pid() * 53 % 7_000);
        for (int port = from; port < 20_000; port++) {
            try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}))) {
                int free = socket.getLocalPort();
                if (PORTS_GIVEN.add(free)) {
                    return free;
                }
            } catch (IOException e) {
                // Somebody else's; there are thousands more.
            }
        }
        throw new IOException("no free port from " + from + " to 19999");
    }
}
