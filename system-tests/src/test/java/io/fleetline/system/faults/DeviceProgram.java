package io.fleetline.system.faults;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.fleetline.device.DeviceClient;
import io.fleetline.device.DeviceRuntime;
import io.fleetline.device.FleetlineException;
import io.fleetline.device.OutboxConfig;
import io.fleetline.protocol.DeviceId;
import io.fleetline.protocol.Lane;
import io.fleetline.simulator.proof.Journal;
import io.fleetline.simulator.proof.JournalledPublisher;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Some devices in a process of their own, each with its outbox on disk, made to be killed and started again. Says {@code started},
 * publishes until it hears {@code stop}, and says {@code quiet} once all receipts are there, or {@code restless}.
 */
final class DeviceProgram {
    private static final Duration PACE = Duration.ofMillis(200);
    private static final Duration QUIET_PATIENCE = Duration.ofMinutes(2);

    private DeviceProgram() {}

    /**
     * Runs the devices.
     *
     * @param args a file of lines {@code device secret last-counter}, the directory of the outboxes, the journal, and the nodes
     */
    public static void main(String[] args) throws Exception {
        URI[] nodes =
                List.of(args).subList(3, args.length).stream().map(URI::create).toArray(URI[]::new);
        List<DeviceClient> clients = new ArrayList<>();
        List<JournalledPublisher> publishers = new ArrayList<>();
        ScheduledExecutorService steps = Executors.newScheduledThreadPool(2);
        try (Journal journal = Journal.create(Path.of(args[2]));
                DeviceRuntime runtime = DeviceRuntime.create()) {
            for (String line : Files.readAllLines(Path.of(args[0]))) {
                String[] parts = line.split(" ", -1);
                DeviceId id = DeviceId.parse(parts[0]);
                DeviceClient client = DeviceClient.builder()
                        .endpoint(nodes)
                        .identity(id)
                        .secret(parts[1])
                        .outbox(OutboxConfig.durable(Path.of(args[1]).resolve(id.device())))
                        .runtime(runtime)
                        .build();
                clients.add(client);
                publishers.add(new JournalledPublisher(
                        id, client::publish, journal, Long.parseLong(parts[2]), System::nanoTime, nanos -> {}));
            }
            clients.forEach(DeviceClient::start);
            long offset = 0;
            for (JournalledPublisher publisher : publishers) {
                offset = (offset + 37) % PACE.toMillis();
                var unused =
                        steps.scheduleAtFixedRate(new Step(publisher), offset, PACE.toMillis(), TimeUnit.MILLISECONDS);
            }
            System.out.println("started");
            awaitStop();
            steps.shutdown();
            boolean quiet = steps.awaitTermination(10, TimeUnit.SECONDS);
            for (DeviceClient client : clients) {
                quiet &= client.flush(QUIET_PATIENCE);
            }
            for (JournalledPublisher publisher : publishers) {
                quiet &= publisher.awaitQuiet(Duration.ofSeconds(5));
            }
            System.out.println(quiet ? "quiet" : "restless");
        }
        Runtime.getRuntime().halt(0);
    }

    /** Whoever started this is gone when standard input ends. */
    private static void awaitStop() throws IOException {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, UTF_8));
        for (String line = in.readLine(); !"stop".equals(line); line = in.readLine()) {
            if (line == null) {
                Runtime.getRuntime().halt(1);
            }
        }
    }

    private static final class Step implements Runnable {
        private final JournalledPublisher publisher;
        private long step;

        Step(JournalledPublisher publisher) {
            this.publisher = publisher;
        }

        @Override
        public void run() {
            step++;
            Lane lane = step % 10 == 0 ? Lane.URGENT : Lane.NORMAL;
            try {
                var unused = publisher.publish(lane, "load/step", Map.of("step", step));
            } catch (FleetlineException e) {
                System.out.println("not published: " + e.getMessage());
            }
        }
    }
}
