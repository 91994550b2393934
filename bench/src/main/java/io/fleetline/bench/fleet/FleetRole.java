package io.fleetline.bench.fleet;

import com.fasterxml.jackson.databind.JsonNode;
import io.fleetline.bench.child.Role;
import io.fleetline.bench.machine.Clock;
import io.fleetline.protocol.DeviceId;
import io.fleetline.simulator.FleetRun;
import io.fleetline.simulator.FleetTarget;
import io.fleetline.simulator.RunDirectory;
import io.fleetline.simulator.measure.Sample;
import io.fleetline.simulator.scenario.Scenario;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The simulator, as {@code simulate} plays a scenario: with its journal, and reading the topic beside it.
 *
 * <ul>
 *   <li>{@code play {scenario, directory, url, trust, bootstrap, secrets}}: begins to play
 *   <li>{@code count {}}: gives {@code receipts} so far, devices {@code connected} and {@code lag}, by how many ms one event in a
 *       hundred was late at the last look
 * </ul>
 */
public final class FleetRole implements Role {
    private final CompletableFuture<Void> failed = new CompletableFuture<>();
    private @Nullable FleetRun run;
    private double receipts; // guarded by this, as all below
    private double seconds;
    private long connected;
    private double lagMillis;

    /** For the child process. */
    public FleetRole() {}

    @Override
    public Object answer(String verb, JsonNode arguments) throws IOException, InterruptedException {
        return switch (verb) {
            case "play" -> play(arguments);
            case "count" -> count();
            default -> throw new IllegalArgumentException("a simulator does not know how to " + verb);
        };
    }

    private Object play(JsonNode arguments) throws IOException, InterruptedException {
        Scenario scenario = Scenario.parse(arguments.path("scenario").asText(), "p9", Path.of(""));
        Map<DeviceId, String> secrets = new HashMap<>();
        arguments
                .path("secrets")
                .properties()
                .forEach(secret -> secrets.put(
                        DeviceId.parse(secret.getKey()), secret.getValue().asText()));
        FleetTarget target = new FleetTarget(
                List.of(URI.create(arguments.path("url").asText())),
                Optional.of(Path.of(arguments.path("trust").asText())),
                secrets,
                Optional.empty(),
                Map.of("bootstrap.servers", arguments.path("bootstrap").asText()),
                new FleetTarget.TopicSet(
                        "fleetline.events", Optional.empty(), "fleetline.commands", "fleetline.command-updates"));
        FleetRun.Surroundings around = new FleetRun.Surroundings(
                Clock::nanos, java.time.Clock.systemUTC(), "p9", 0, Optional.empty(), Map::of, Optional.empty());
        RunDirectory directory =
                RunDirectory.create(Path.of(arguments.path("directory").asText()));
        FleetRun built = new FleetRun(scenario, target, directory, around);
        run = built;
        Thread playing = new Thread(
                () -> {
                    try {
                        var unused = built.play(this::take);
                    } catch (IOException | InterruptedException | RuntimeException e) {
                        failed.completeExceptionally(e);
                    }
                },
                "play");
        playing.setDaemon(true);
        playing.start();
        return Map.of("devices", scenario.devices());
    }

    private synchronized void take(Sample sample) {
        receipts += sample.receipts() * (sample.atSeconds() - seconds);
        seconds = sample.atSeconds();
        connected = sample.connected();
        lagMillis = sample.lag().p99Nanos() / 1e6;
    }

    private synchronized Object count() {
        if (failed.isCompletedExceptionally()) {
            failed.join();
        }
        return Map.of("receipts", receipts, "seconds", seconds, "connected", connected, "lag", lagMillis);
    }

    @Override
    public void close() {
        // The fleet ends with its process: what is measured is over.
        FleetRun begun = run;
        if (begun != null) {
            begun.end();
        }
    }
}
