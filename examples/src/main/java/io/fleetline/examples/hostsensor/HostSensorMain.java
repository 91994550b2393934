package io.fleetline.examples.hostsensor;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.fleetline.device.ConnectionListener;
import io.fleetline.device.ConnectionStatus;
import io.fleetline.device.DeviceClient;
import io.fleetline.device.DeviceClientBuilder;
import io.fleetline.device.OutboxConfig;
import io.fleetline.protocol.DeviceId;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The host sensor as a program:
 *
 * <pre>
 * java -cp ... io.fleetline.examples.hostsensor.HostSensorMain
 *     --url wss://host:8443/connect --ca ca.pem --credentials file [--device tenant/device]
 *     [--state directory]
 * </pre>
 *
 * Readings wait for their receipts in the directory that {@code --state} names, and in memory without one.
 */
public final class HostSensorMain {
    private static final Set<String> OPTIONS = Set.of("--url", "--ca", "--credentials", "--device", "--state");
    private static final String USAGE = "usage: --url wss://host:8443/connect --ca ca.pem --credentials file"
            + " [--device tenant/device] [--state directory]";
    private static final Duration REPORT_INTERVAL = Duration.ofSeconds(10);

    private HostSensorMain() {}

    /** Runs until it is ended. Exit code 2 for a wrong command line, 1 if a file cannot be read. */
    public static void main(String[] args) throws InterruptedException {
        PrintStream out = new PrintStream(System.out, true, UTF_8);
        Map<String, String> options = new HashMap<>();
        for (int i = 0; i + 1 < args.length; i += 2) {
            options.put(args[i], args[i + 1]);
        }
        if (args.length % 2 != 0 || !OPTIONS.containsAll(options.keySet()) || !options.containsKey("--credentials")) {
            System.err.println(USAGE);
            System.exit(2);
        }
        try {
            Credentials credentials = Credentials.read(
                    Path.of(options.get("--credentials")),
                    Optional.ofNullable(options.get("--device")).map(DeviceId::parse));
            run(
                    List.of(URI.create(options.getOrDefault("--url", "wss://localhost:8443/connect"))),
                    Optional.ofNullable(options.get("--ca")).map(Path::of),
                    credentials,
                    Optional.ofNullable(options.get("--state")).map(Path::of),
                    out);
        } catch (IOException | IllegalArgumentException e) {
            System.err.println("host sensor: " + e.getMessage());
            System.exit(1);
        }
    }

    /**
     * Runs the sensor until the thread is interrupted or the process ended, and tells how it goes.
     *
     * @param endpoints where nodes listen
     * @param authority the PEM file of the authority to trust; if empty, those that the JDK trusts
     * @param out where changes of the connection and counts are told
     * @throws IllegalArgumentException if an endpoint or the authority is not of its form
     */
    public static void run(List<URI> endpoints, Optional<Path> authority, Credentials credentials, PrintStream out)
            throws InterruptedException {
        run(endpoints, authority, credentials, Optional.empty(), out);
    }

    /**
     * As {@link #run(List, Optional, Credentials, PrintStream)}, with readings that outlive the process.
     *
     * @param state the directory where they wait, and where is kept which commands were run; one process at a time
     */
    public static void run(
            List<URI> endpoints,
            Optional<Path> authority,
            Credentials credentials,
            Optional<Path> state,
            PrintStream out)
            throws InterruptedException {
        HostSensor sensor = new HostSensor(Host.here(), System::nanoTime);
        DeviceClientBuilder builder = sensor.answering(DeviceClient.builder()
                .endpoint(endpoints.toArray(URI[]::new))
                .identity(credentials.identity())
                .secret(credentials.secret())
                .software("host-sensor")
                .onConnectionChange(changes(credentials.identity(), out)));
        authority.ifPresent(builder::trustedCertificates);
        // BUFFERED writes nothing while acknowledgements come, which is what an SD card likes.
        state.ifPresent(directory -> builder.outbox(OutboxConfig.buffered(directory.resolve("outbox"))));
        try (DeviceClient client = builder.build().start();
                sensor) {
            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                sensor.close();
                client.close(Duration.ofSeconds(2));
                out.println(counts(sensor, client));
            }));
            sensor.start(client::publish);
            while (true) {
                // This thread has nothing else to do until the process is told to end.
                Thread.sleep(REPORT_INTERVAL.toMillis());
                out.println(counts(sensor, client));
            }
        }
    }

    /** Says each change once: several states of an attempt read the same. */
    private static ConnectionListener changes(DeviceId device, PrintStream out) {
        AtomicReference<String> said = new AtomicReference<>("");
        return status -> {
            String text = describe(device, status);
            if (!text.equals(said.getAndSet(text))) {
                out.println(text);
            }
        };
    }

    private static String describe(DeviceId device, ConnectionStatus status) {
        String because = status.reason().map(reason -> ", " + reason).orElse("")
                + (status.detail().isEmpty() ? "" : ": " + status.detail());
        return switch (status.state()) {
            case CONNECTED -> device + " is connected to " + status.endpoint();
            case CONNECTING -> device + " connects to " + status.endpoint();
            case WAITING, HELD_OFF ->
                device + " is " + status.state() + because
                        + status.nextAttempt()
                                .map(wait -> "; next attempt in " + Math.max(1, wait.toSeconds()) + " s")
                                .orElse("");
            case CREATED, CLOSING, CLOSED -> device + " is " + status.state();
        };
    }

    private static String counts(HostSensor sensor, DeviceClient client) {
        return sensor.stored() + " of " + sensor.published() + " readings stored"
                + (sensor.refused() == 0 ? "" : ", " + sensor.refused() + " found the outbox full")
                + switch (client.statistics().disk()) {
                    case NOT_USED, WORKING -> "";
                    case WRITING_FAILED -> "; the state directory takes no more, what is new waits in memory";
                    case UNUSABLE -> "; the state directory cannot be used, readings wait in memory";
                };
    }
}
