package io.fleetline.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetline.protocol.DeviceId;
import io.fleetline.simulator.proof.Journal;
import io.fleetline.simulator.scenario.Scenario;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class FleetTest {
    /** Half of the devices are cut off before the first one comes. */
    private static final String HALF_CUT = """
        name: cut
        processes: 2
        stages: [{name: all, for: 10m}]
        groups:
          - name: valve
            devices: 4
            arrive: {at: 1ms}
        faults:
          - {kind: cut, group: valve, at: 0s, for: 9m, share: 50%}
        """;

    @TempDir
    private Path path;

    @Test
    void aShareOfACutIsOfTheDevicesThatTheProcessPlays() throws Exception {
        Scenario scenario = Scenario.parse(HALF_CUT, "cut.yaml", Path.of(""));
        RunDirectory directory = RunDirectory.create(path.resolve("run"));
        FleetClock clock = new FleetClock("r", System::nanoTime, Clock.systemUTC());
        FleetMeters meters = new FleetMeters(scenario);
        Pacer pacer = new Pacer(System::nanoTime);
        BlockingQueue<Socket> arriving = new LinkedBlockingQueue<>();
        List<Socket> arrived = new ArrayList<>();
        try (ServerSocket node = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                Journal journal = Journal.create(directory.journal());
                Fleet fleet = new Fleet(
                        scenario,
                        new Share(1, 2),
                        Map.of(),
                        target(scenario, node.getLocalPort()),
                        directory,
                        clock,
                        meters,
                        journal,
                        pacer)) {
            accept(node, arriving);
            fleet.schedule(0);
            pacer.run(clock.beganNanos(), Duration.ofMillis(2).toNanos());

            // The node never answers: who has found a way to it keeps it for longer than this takes.
            while (meters.failures.sum() == 0 || arrived.isEmpty()) {
                Socket next = arriving.poll(10, TimeUnit.MILLISECONDS);
                if (next != null) {
                    arrived.add(next);
                }
            }
            arriving.drainTo(arrived);
            assertThat(fleet.size()).isEqualTo(2);
            assertThat(arrived).hasSize(1);
        }
        for (Socket socket : arrived) {
            socket.close();
        }
    }

    @Test
    void allSharesTogetherHaveEachDeviceOnce() {
        for (int of = 1; of <= 5; of++) {
            for (int first = 0; first < 7; first++) {
                for (int devices = 0; devices < 12; devices++) {
                    int all = 0;
                    for (int number = 1; number <= of; number++) {
                        Share share = new Share(number, of);
                        int has = 0;
                        for (int index = first; index < first + devices; index++) {
                            has += share.has(index) ? 1 : 0;
                        }
                        assertThat(share.count(first, devices)).isEqualTo(has);
                        all += has;
                    }
                    assertThat(all).isEqualTo(devices);
                }
            }
        }
    }

    private static FleetTarget target(Scenario scenario, int port) {
        Map<DeviceId, String> secrets = new HashMap<>();
        scenario.deviceIds().forEach(id -> secrets.put(id, "0123456789abcdef0123456789abcdef"));
        return new FleetTarget(
                List.of(URI.create("wss://127.0.0.1:" + port + "/connect")),
                Optional.empty(),
                secrets,
                Optional.empty(),
                Map.of(),
                new FleetTarget.TopicSet("", Optional.empty(), "", ""));
    }

    private static void accept(ServerSocket node, BlockingQueue<Socket> arriving) {
        Thread thread = new Thread(
                () -> {
                    try {
                        while (true) {
                            arriving.add(node.accept());
                        }
                    } catch (IOException e) {
                        // The test is over.
                    }
                },
                "node");
        thread.setDaemon(true);
        thread.start();
    }
}
