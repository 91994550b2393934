package io.fleetline.bench.fleet;

import com.fasterxml.jackson.databind.JsonNode;
import io.fleetline.bench.child.ChildJvm;
import io.fleetline.bench.child.Workspace;
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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** P8: thousands of devices are connected to two nodes, one of which is killed, and its devices come to the other one. */
public final class StormBenchmark implements Benchmark {
    private static final Target ATTEMPTS = Target.atMost(1.1, 1.05);
    private static final Target PEAK = Target.atMost(1.3, 1.2);
    private static final Target TIME = Target.atMost(1.3, 1.1);

    private static final String GROUP = "meter";
    /** What the node that is left admits. */
    private static final int ADMISSION = 100;
    /** How many are on their way at a time while they connect before: as many as keep both ends at work. */
    private static final int AT_ONCE = 32;
    /** The window as an operator sets it: what the other nodes can admit in it is what one node holds, and a tenth more. */
    private static final double WINDOW = 1.1;
    /** A device that is refused waits, at worst, as long as this beyond the least possible time. */
    private static final Duration PATIENCE = Duration.ofSeconds(75);

    private static final String SIDE = "storm";
    private static final String LOST_NAME = "devices of the killed node";
    private static final String ATTEMPTS_NAME = "attempts per device";
    private static final String PEAK_NAME = "most welcomes in a second";
    private static final String TIME_NAME = "until the last is back";
    private static final String LEFT_NAME = "not back in the end";

    private final boolean window;

    /**
     * For {@code Benchmarks}.
     *
     * @param window whether the nodes tell devices to spread their coming back
     */
    public StormBenchmark(boolean window) {
        this.window = window;
    }

    @Override
    public String name() {
        return window ? "p8" : "p8-no-window";
    }

    @Override
    public String summary() {
        return "the devices of a killed node back on the other, 100 admitted a second, "
                + (window ? "within a reconnect window" : "all of which try at once");
    }

    /**
     * How many devices a node has. Quick runs have time for so few in 45 s: some 15 s until broker, nodes and devices' process
     * are there, twice so many handshakes of cold code, and a hundredth of a second and a tenth more for each to come back.
     */
    private static int devices(Effort effort) {
        return switch (effort) {
            case QUICK -> 350;
            case FULL -> 5_000;
        };
    }

    private Duration window(int devices) {
        return window ? Duration.ofMillis(Math.round(WINDOW * 1_000 * devices / ADMISSION)) : Duration.ZERO;
    }

    @Override
    public Measurement measure(Effort effort, Progress progress) throws Exception {
        int devices = devices(effort);
        try (Workspace workspace = Workspace.create()) {
            FleetStage stage = new FleetStage(workspace, progress);
            JsonNode secrets = stage.register(GROUP, 2 * devices);
            String told = "limits.reconnectWindow=" + window(devices).toMillis() + "ms";
            FleetStage.Node killed = stage.node(List.of(told, "listener.acceptsPerSecond=0"));
            FleetStage.Node left = stage.node(List.of(told, "listener.acceptsPerSecond=" + ADMISSION));
            ChildJvm load = stage.stage().side("devices", StormRole.class, "-Xms3g", "-Xmx3g");
            load.ask(
                    "build",
                    Map.of(
                            "urls", List.of(killed.url(), left.url()),
                            "trust", stage.stage().trust().toString(),
                            "secrets", secrets),
                    Stage.PATIENCE);
            JsonNode arrived = load.ask("connect", Map.of("atOnce", AT_ONCE), Stage.PATIENCE);
            progress.say("all " + 2 * devices + " are connected after " + arrived.path("seconds") + " s");
            int lost = load.ask("lose", Map.of("url", killed.url()), Stage.PATIENCE)
                    .path("devices")
                    .asInt();
            killed.kill();
            long leastMillis = 1_000L * lost / ADMISSION;
            JsonNode back = load.ask(
                    "back",
                    Map.of("patienceMillis", leastMillis + PATIENCE.toMillis()),
                    Stage.PATIENCE.plusMillis(leastMillis));
            progress.say(back.toString());
            SideResult side = new SideResult(
                    SIDE,
                    List.of(
                            series(LOST_NAME, "devices", lost),
                            series(ATTEMPTS_NAME, "", back.path("attempts").asDouble() / lost),
                            series(PEAK_NAME, "1/s", back.path("perSecond").asDouble()),
                            series(TIME_NAME, "s", back.path("seconds").asDouble()),
                            series(LEFT_NAME, "devices", back.path("missing").asDouble())));
            return new Measurement(parameters(devices), List.of(side), figures(side), REMARKS);
        }
    }

    private static Series series(String metric, String unit, double value) {
        return new Series(metric, unit, Samples.of(value));
    }

    private List<Figure> figures(SideResult side) {
        double least = side.samples(LOST_NAME).median() / ADMISSION;
        return List.of(
                figure(
                        "attempts",
                        "attempts ÷ devices",
                        side.samples(ATTEMPTS_NAME).median(),
                        ATTEMPTS),
                figure(
                        "peak",
                        "most welcomes in one second ÷ " + ADMISSION,
                        side.samples(PEAK_NAME).median() / ADMISSION,
                        PEAK),
                figure(
                        "time",
                        "until the last was back ÷ least possible",
                        side.samples(TIME_NAME).median() / least,
                        TIME));
    }

    /** The targets are those of devices that were told a window. */
    private Figure figure(String id, String what, double value, Target target) {
        return new Figure(
                (window ? "P8 " : "P8 without a window, ") + id,
                what,
                "ratio",
                value,
                Samples.of(value),
                window ? Optional.of(target) : Optional.empty());
    }

    private Map<String, String> parameters(int devices) {
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put(
                "devices",
                2 * devices + " on two nodes, each at one by its own chance; wss, outbox in memory, "
                        + StormRole.DEVICES_PER_RUNTIME + " to a DeviceRuntime, in one process");
        parameters.put(
                "admission", ADMISSION + " accepts a second at the node that is left (listener.acceptsPerSecond)");
        parameters.put(
                "window",
                "limits.reconnectWindow " + window(devices).toMillis() / 1e3 + " s"
                        + (window ? ": a tenth more than that node needs for all" : ": none"));
        parameters.put("runs", "one");
        return parameters;
    }

    private static final List<String> REMARKS = List.of(
            "One node is killed with kill -9; the time begins with that. The other one goes on serving its own devices.",
            "The least possible time is what the admission needs for the devices of the killed node. A device that is not back "
                    + PATIENCE.toSeconds() + " s after it is not waited for.",
            "Both ends of every TLS handshake are made on this machine.");
}
