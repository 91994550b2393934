package io.fleetline.bench.fleet;

import com.fasterxml.jackson.databind.JsonNode;
import io.fleetline.bench.child.ChildJvm;
import io.fleetline.bench.child.Workspace;
import io.fleetline.bench.machine.Procfs;
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
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** P9: what an event costs the simulator, beside what it costs the node. */
public final class SimulatorBenchmark implements Benchmark {
    private static final Target RATIO = Target.atMost(1.2, 0.8);

    private static final String GROUP = "meter";
    private static final int EVENTS_PER_SECOND = 1_000;
    private static final int ARRIVAL = 100;
    private static final Duration ARRIVED = Duration.ofMinutes(1);
    private static final long LOOK_MILLIS = 200;

    private static final String SIMULATOR = "simulator";
    private static final String NODE = "node";
    private static final String BROKER = "broker";
    private static final String CPU = "CPU per event";

    /** For {@code Benchmarks}. */
    public SimulatorBenchmark() {}

    @Override
    public String name() {
        return "p9";
    }

    @Override
    public String summary() {
        return "the simulator's CPU per event beside the node's, one event to a frame, journal and proof's reading included";
    }

    private record Plan(int devices, Duration warmUp, Duration segment, int rounds) {
        static Plan of(Effort effort) {
            return switch (effort) {
                case QUICK -> new Plan(200, Duration.ofSeconds(4), Duration.ofSeconds(3), 2);
                case FULL -> new Plan(500, Duration.ofSeconds(40), Duration.ofSeconds(20), 7);
            };
        }
    }

    private static String scenario(Plan plan) {
        long seconds = ARRIVED.toSeconds()
                + plan.warmUp().toSeconds()
                + plan.segment().toSeconds() * plan.rounds()
                + ARRIVED.toSeconds();
        return String.format(
                Locale.ROOT,
                """
                name: p9
                stages: [{name: all, for: %ds}]
                groups:
                  - name: %s
                    devices: %d
                    arrive: {perSecond: %d}
                    publish:
                      - channel: meter/reading
                        schedule: {kind: poisson, every: %dus}
                        payload: {kind: walk, fields: [celsius, bar], start: 50, step: 1, least: 0, most: 100}
                """,
                seconds,
                GROUP,
                plan.devices(),
                ARRIVAL,
                1_000_000L * plan.devices() / EVENTS_PER_SECOND);
    }

    @Override
    public Measurement measure(Effort effort, Progress progress) throws Exception {
        Plan plan = Plan.of(effort);
        try (Workspace workspace = Workspace.create()) {
            FleetStage stage = new FleetStage(workspace, progress);
            JsonNode secrets = stage.register(GROUP, plan.devices());
            FleetStage.Node node = stage.node(List.of("listener.acceptsPerSecond=0"));
            ChildJvm simulator = stage.stage().side("simulator", FleetRole.class);
            simulator.ask(
                    "play",
                    Map.of(
                            "scenario", scenario(plan),
                            "directory", workspace.directory().resolve("run").toString(),
                            "url", node.url(),
                            "trust", stage.stage().trust().toString(),
                            "bootstrap", stage.stage().bootstrap(),
                            "secrets", secrets),
                    Stage.PATIENCE);
            awaitArrived(simulator, plan.devices());
            progress.say("all " + plan.devices() + " devices are connected");
            TimeUnit.MILLISECONDS.sleep(plan.warmUp().toMillis());
            Map<String, ChildJvm> processes = new LinkedHashMap<>();
            processes.put(SIMULATOR, simulator);
            processes.put(NODE, node.process());
            processes.put(BROKER, stage.stage().broker());
            return measurement(plan, rounds(plan, processes, progress));
        }
    }

    private static void awaitArrived(ChildJvm simulator, int devices) throws Exception {
        for (long left = ARRIVED.toMillis() / LOOK_MILLIS; left > 0; left--) {
            if (simulator
                            .ask("count", Map.of(), Stage.PATIENCE)
                            .path("connected")
                            .asInt()
                    == devices) {
                return;
            }
            TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
        }
        throw new IllegalStateException(
                "not all of " + devices + " devices connected within " + ARRIVED.toSeconds() + " s");
    }

    private static List<SideResult> rounds(Plan plan, Map<String, ChildJvm> processes, Progress progress)
            throws Exception {
        Procfs procfs = Procfs.ofThisMachine();
        Map<String, List<Double>> micros = new LinkedHashMap<>();
        processes.keySet().forEach(name -> micros.put(name, new ArrayList<>()));
        List<Double> rates = new ArrayList<>();
        List<Double> lags = new ArrayList<>();
        ChildJvm simulator = processes.values().iterator().next();
        for (int round = 1; round <= plan.rounds(); round++) {
            JsonNode before = simulator.ask("count", Map.of(), Stage.PATIENCE);
            Map<String, Duration> spent = new LinkedHashMap<>();
            processes.forEach((name, process) -> spent.put(name, process.cpu(procfs)));
            TimeUnit.MILLISECONDS.sleep(plan.segment().toMillis());
            JsonNode after = simulator.ask("count", Map.of(), Stage.PATIENCE);
            // What was counted a second at a time belongs to that many seconds, and not to those that were slept.
            double seconds =
                    after.path("seconds").asDouble() - before.path("seconds").asDouble();
            double rate =
                    (after.path("receipts").asDouble() - before.path("receipts").asDouble()) / seconds;
            rates.add(rate);
            lags.add(after.path("lag").asDouble());
            double events = rate * plan.segment().toNanos() / 1e9;
            processes.forEach((name, process) -> micros.getOrDefault(name, new ArrayList<>())
                    .add(process.cpu(procfs)
                                    .minus(spent.getOrDefault(name, Duration.ZERO))
                                    .toNanos()
                            / 1e3
                            / events));
            progress.say("round " + round + ": " + Math.round(rate) + " events/s; " + last(micros));
        }
        List<SideResult> sides = new ArrayList<>();
        micros.forEach((name, values) -> {
            List<Series> series = new ArrayList<>(List.of(new Series(CPU, "µs", new Samples(values))));
            if (name.equals(SIMULATOR)) {
                series.add(new Series("receipts/s", "1/s", new Samples(rates)));
                series.add(new Series("late by, p99", "ms", new Samples(lags)));
            }
            sides.add(new SideResult(name, series));
        });
        return sides;
    }

    private static String last(Map<String, List<Double>> micros) {
        List<String> texts = new ArrayList<>();
        micros.forEach((name, values) ->
                texts.add(String.format(Locale.ROOT, "%s %.0f µs", name, values.get(values.size() - 1))));
        return String.join(", ", texts);
    }

    private static Measurement measurement(Plan plan, List<SideResult> sides) {
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put(
                "load",
                plan.devices() + " devices, " + EVENTS_PER_SECOND
                        + " events/s together, Poisson, one event to a frame, outbox in" + " memory, wss");
        parameters.put(
                "schedule",
                plan.warmUp().toSeconds() + " s to warm up, " + plan.rounds() + " rounds of "
                        + plan.segment().toSeconds() + " s");
        return new Measurement(
                parameters,
                sides,
                List.of(Figure.ratio(
                        "P9",
                        "simulator ÷ node",
                        sides.get(0).samples(CPU),
                        sides.get(1).samples(CPU),
                        Optional.of(RATIO))),
                List.of(
                        "Both at the same time: the one is the other's load.",
                        "The simulator's part has the SDK, TLS, the journal of all events and receipts, and reading the events"
                                + " topic beside it."));
    }
}
