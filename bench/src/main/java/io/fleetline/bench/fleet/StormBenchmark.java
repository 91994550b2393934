package io.fleetline.bench.fleet;

import com.fasterxml.jackson.databind.JsonNode;
import io.fleetline.bench.child.ChildJvm;
import io.fleetline.bench.child.Workspace;
import io.fleetline.bench.machine.FreePort;
import io.fleetline.bench.measure.Benchmark;
import io.fleetline.bench.measure.Effort;
import io.fleetline.bench.measure.Figure;
import io.fleetline.bench.measure.Measurement;
import io.fleetline.bench.measure.Progress;
import io.fleetline.bench.measure.Samples;
import io.fleetline.bench.measure.Series;
import io.fleetline.bench.measure.SideResult;
import io.fleetline.bench.measure.Target;
import io.fleetline.bench.stage.Stage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** P8: a node with thousands of devices is killed, and they come to the other one. */
public final class StormBenchmark implements Benchmark {
    private static final Target ATTEMPTS = Target.atMost(1.1, 1.05);
    private static final Target PEAK = Target.atMost(1.3, 1.2);
    private static final Target TIME = Target.atMost(1.3, 1.1);

    private static final String GROUP = "meter";
    /** What the node that is left admits. */
    private static final int ADMISSION = 100;
    /** How fast devices connect before: faster than this machine's two sides of a handshake they would only queue. */
    private static final int ARRIVAL = 130;
    /** The window as an operator sets it: what the other nodes can admit in it is what one node holds, and a tenth more. */
    private static final double WINDOW = 1.1;
    /** A device that is refused waits, at worst, as long as this beyond the least possible time. */
    private static final Duration PATIENCE = Duration.ofSeconds(75);

    private static final String WITH = "window";
    private static final String WITHOUT = "no window";
    private static final String ATTEMPTS_NAME = "attempts per device";
    private static final String PEAK_NAME = "most welcomes in a second";
    private static final String TIME_NAME = "until the last is back";
    private static final String BACK_NAME = "back in the end";

    /** For {@code Benchmarks}. */
    public StormBenchmark() {}

    @Override
    public String name() {
        return "p8";
    }

    @Override
    public String summary() {
        return "the devices of a killed node back on the other, 100 admitted a second, with and without a reconnect window";
    }

    @Override
    public Measurement measure(Effort effort, Progress progress) throws Exception {
        int devices = switch (effort) {
            case QUICK -> 1_000;
            case FULL -> 5_000;
        };
        long windowMillis = Math.round(WINDOW * 1_000 * devices / ADMISSION);
        try (Workspace workspace = Workspace.create()) {
            FleetStage stage = new FleetStage(workspace, progress);
            JsonNode secrets = stage.register(GROUP, devices);
            List<SideResult> sides = new ArrayList<>();
            sides.add(storm(WITH, stage, secrets, windowMillis, progress));
            if (effort == Effort.FULL) {
                sides.add(storm(WITHOUT, stage, secrets, 0, progress));
            }
            return new Measurement(parameters(devices, windowMillis), sides, figures(devices, sides), REMARKS);
        }
    }

    private static SideResult storm(
            String name, FleetStage stage, JsonNode secrets, long windowMillis, Progress progress) throws Exception {
        String window = "limits.reconnectWindow=" + windowMillis + "ms";
        FleetStage.Node first = stage.node(List.of(window, "listener.acceptsPerSecond=0"));
        int port = FreePort.next();
        try (ChildJvm load = stage.stage().side(name.replace(' ', '-') + "-devices", StormRole.class, "-Xmx2g")) {
            load.ask(
                    "build",
                    Map.of(
                            "urls", List.of(first.url(), first.url().replaceFirst(":\\d+/", ":" + port + "/")),
                            "trust", stage.stage().trust().toString(),
                            "secrets", secrets),
                    Stage.PATIENCE);
            JsonNode arrived = load.ask("connect", Map.of("perSecond", ARRIVAL), Stage.PATIENCE);
            progress.say(name + ": all are connected after " + arrived.path("seconds") + " s");
            FleetStage.Node other =
                    stage.node(List.of(window, "listener.acceptsPerSecond=" + ADMISSION, "listener.port=" + port));
            load.ask("lost", Map.of(), Stage.PATIENCE);
            first.kill();
            long leastMillis = 1_000L * secrets.size() / ADMISSION;
            JsonNode back = load.ask(
                    "back",
                    Map.of("patienceMillis", leastMillis + PATIENCE.toMillis()),
                    Stage.PATIENCE.plusMillis(leastMillis));
            progress.say(name + ": " + back);
            other.kill();
            return new SideResult(
                    name,
                    List.of(
                            series(ATTEMPTS_NAME, "", back.path("attempts").asDouble() / secrets.size()),
                            series(PEAK_NAME, "1/s", back.path("perSecond").asDouble()),
                            series(TIME_NAME, "s", back.path("seconds").asDouble()),
                            series(BACK_NAME, "devices", back.path("connected").asDouble())));
        }
    }

    private static Series series(String metric, String unit, double value) {
        return new Series(metric, unit, Samples.of(value));
    }

    private static List<Figure> figures(int devices, List<SideResult> sides) {
        List<Figure> figures = new ArrayList<>();
        for (SideResult side : sides) {
            boolean asked = side.side().equals(WITH);
            String of = asked ? "P8" : "P8 without a window";
            double least = (double) devices / ADMISSION;
            figures.add(figure(
                    of + " attempts",
                    "attempts ÷ devices",
                    side.samples(ATTEMPTS_NAME).median(),
                    asked ? Optional.of(ATTEMPTS) : Optional.empty()));
            figures.add(figure(
                    of + " peak",
                    "most welcomes in one second ÷ " + ADMISSION,
                    side.samples(PEAK_NAME).median() / ADMISSION,
                    asked ? Optional.of(PEAK) : Optional.empty()));
            figures.add(figure(
                    of + " time",
                    "until the last was back ÷ " + (int) least + " s",
                    side.samples(TIME_NAME).median() / least,
                    asked ? Optional.of(TIME) : Optional.empty()));
        }
        return figures;
    }

    private static Figure figure(String id, String what, double value, Optional<Target> target) {
        return new Figure(id, what, "ratio", value, Samples.of(value), target);
    }

    private static Map<String, String> parameters(int devices, long windowMillis) {
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put(
                "devices", devices + ", wss, outbox in memory, " + 1_000 + " to a DeviceRuntime, in one process");
        parameters.put(
                "admission", ADMISSION + " accepts a second at the node that is left (listener.acceptsPerSecond)");
        parameters.put(
                "window",
                "limits.reconnectWindow " + TimeUnit.MILLISECONDS.toSeconds(windowMillis)
                        + " s: a tenth more than that node needs for all; without: 0 s");
        parameters.put("runs", "one of each");
        return parameters;
    }

    private static final List<String> REMARKS = List.of(
            "The node is killed with kill -9 while the other one is idle; the time begins with that.",
            "Both ends of every TLS handshake are made on this machine.");
}
