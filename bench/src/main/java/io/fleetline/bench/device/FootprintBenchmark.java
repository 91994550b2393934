package io.fleetline.bench.device;

import com.fasterxml.jackson.databind.JsonNode;
import io.fleetline.bench.child.Workspace;
import io.fleetline.bench.machine.Clock;
import io.fleetline.bench.measure.Benchmark;
import io.fleetline.bench.measure.Effort;
import io.fleetline.bench.measure.Figure;
import io.fleetline.bench.measure.Measurement;
import io.fleetline.bench.measure.Numbers;
import io.fleetline.bench.measure.Progress;
import io.fleetline.bench.measure.Samples;
import io.fleetline.bench.measure.Series;
import io.fleetline.bench.measure.SideResult;
import io.fleetline.bench.measure.Target;
import io.fleetline.bench.stage.NodeOptions;
import io.fleetline.bench.stage.Stage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** P11: the SDK in a small heap, connected and idle, beside a JVM that sleeps. */
public final class FootprintBenchmark implements Benchmark {
    private static final Target THREADS = Target.atMost(4, 3);
    private static final Target RESIDENT = Target.atMost(85, 70);
    private static final Target CPU = Target.atMost(0.05, 0.02);
    private static final Target JARS = Target.atMost(4, 3.3);

    private static final String THREADS_NAME = "threads";
    private static final String RESIDENT_NAME = "resident";
    private static final String CPU_NAME = "CPU";

    /** For {@code Benchmarks}. */
    public FootprintBenchmark() {}

    @Override
    public String name() {
        return "p11";
    }

    @Override
    public String summary() {
        return "the SDK in 32 MB of heap, connected and idle: threads and CPU beyond a sleeping JVM's, resident set, jars";
    }

    /**
     * How long it takes.
     *
     * @param settle after which threads that did the application's work may have left
     * @param segment of which the CPU is counted: longer than a heartbeat's interval of 25 s
     */
    private record Plan(Duration settle, Duration segment, int rounds) {
        static Plan of(Effort effort) {
            return switch (effort) {
                case QUICK -> new Plan(Duration.ofSeconds(2), Duration.ofSeconds(25), 1);
                case FULL -> new Plan(Duration.ofSeconds(30), Duration.ofSeconds(50), 4);
            };
        }
    }

    @Override
    public Measurement measure(Effort effort, Progress progress) throws Exception {
        Plan plan = Plan.of(effort);
        try (Workspace workspace = Workspace.create()) {
            Stage stage = new Stage(workspace, progress);
            Stage.Node node = stage.node("node", NodeOptions.DEFAULTS);
            JsonNode device = node.devices().get(0);
            try (IdleJvm sleeping = IdleJvm.start(
                            SleepingProgram.class, workspace.directory().resolve("sleeping.log"));
                    IdleJvm idle = IdleJvm.start(
                            IdleDevice.class,
                            workspace.directory().resolve("device.log"),
                            node.url(),
                            stage.trust().toString(),
                            device.path("id").asText(),
                            device.path("secret").asText())) {
                progress.say(
                        "both are ready, and left alone for " + plan.settle().toSeconds() + " s");
                TimeUnit.MILLISECONDS.sleep(plan.settle().toMillis());
                return measurement(plan, watch(plan, sleeping, idle, progress));
            }
        }
    }

    /** Both at the same time: neither does anything that could disturb the other. */
    private static List<SideResult> watch(Plan plan, IdleJvm sleeping, IdleJvm idle, Progress progress)
            throws Exception {
        List<Rows> sides = List.of(new Rows("jvm", sleeping), new Rows("device", idle));
        for (int round = 1; round <= plan.rounds(); round++) {
            for (Rows side : sides) {
                side.begin();
            }
            TimeUnit.MILLISECONDS.sleep(plan.segment().toMillis());
            for (Rows side : sides) {
                progress.say("round " + round + ", " + side.end());
            }
        }
        return sides.stream().map(Rows::result).toList();
    }

    private static final class Rows {
        private final String name;
        private final IdleJvm jvm;
        private final List<Double> threads = new ArrayList<>();
        private final List<Double> resident = new ArrayList<>();
        private final List<Double> cpu = new ArrayList<>();
        private Map<String, Long> before = Map.of();
        private long beganNanos;

        Rows(String name, IdleJvm jvm) {
            this.name = name;
            this.jvm = jvm;
        }

        void begin() throws IOException {
            before = jvm.cpuNanos();
            beganNanos = Clock.nanos();
        }

        String end() throws IOException {
            long used = 0;
            for (Map.Entry<String, Long> thread : jvm.cpuNanos().entrySet()) {
                used += thread.getValue() - before.getOrDefault(thread.getKey(), 0L);
            }
            cpu.add(100.0 * used / (Clock.nanos() - beganNanos));
            threads.add(jvm.threads());
            resident.add(jvm.residentBytes() / 1e6);
            int last = cpu.size() - 1;
            return name + ": " + Numbers.text(threads.get(last)) + " threads, " + Numbers.text(resident.get(last))
                    + " MB, " + Numbers.text(cpu.get(last)) + " % of a core";
        }

        SideResult result() {
            return new SideResult(
                    name,
                    List.of(
                            new Series(THREADS_NAME, "", new Samples(threads)),
                            new Series(RESIDENT_NAME, "MB", new Samples(resident)),
                            new Series(CPU_NAME, "% of a core", new Samples(cpu))));
        }
    }

    private static Measurement measurement(Plan plan, List<SideResult> sides) throws IOException {
        SideResult jvm = sides.get(0);
        SideResult device = sides.get(1);
        double jars = 0;
        for (Path library : IdleJvm.libraries()) {
            jars += bytes(library) / 1e6;
        }
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put("jvm", String.join(" ", IdleJvm.OPTIONS));
        parameters.put("device", "wss, 100 events published before, outbox in memory, heartbeat every 25 s");
        parameters.put(
                "schedule",
                plan.settle().toSeconds() + " s to settle, " + plan.rounds() + " rounds of "
                        + plan.segment().toSeconds() + " s");
        parameters.put("jars", IdleJvm.libraries().size() + ", the SDK and its own included");
        return new Measurement(
                parameters,
                sides,
                List.of(
                        Figure.difference(
                                "P11 threads",
                                "threads beyond the sleeping JVM's",
                                "threads",
                                device.samples(THREADS_NAME),
                                jvm.samples(THREADS_NAME),
                                Optional.of(THREADS)),
                        Figure.absolute(
                                "P11 resident",
                                "resident set",
                                "MB",
                                device.samples(RESIDENT_NAME),
                                Optional.of(RESIDENT)),
                        Figure.difference(
                                "P11 CPU",
                                "idle CPU beyond the sleeping JVM's",
                                "% of a core",
                                device.samples(CPU_NAME),
                                jvm.samples(CPU_NAME),
                                Optional.of(CPU)),
                        Figure.absolute("P11 jars", "jars", "MB", Samples.of(jars), Optional.of(JARS))),
                List.of(
                        "CPU is the scheduler's count of each thread (/proc/PID/task/*/schedstat); MB are millions of bytes.",
                        "A thread that ends within a segment takes its CPU along; after settling none should."));
    }

    private static double bytes(Path library) throws IOException {
        if (Files.isRegularFile(library)) {
            return Files.size(library);
        }
        double bytes = 0;
        try (Stream<Path> files = Files.walk(library)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                bytes += Files.size(file);
            }
        }
        return bytes;
    }
}
