package io.fleetline.bench.connection;

import com.fasterxml.jackson.databind.JsonNode;
import io.fleetline.bench.child.ChildJvm;
import io.fleetline.bench.child.CpuUse;
import io.fleetline.bench.child.Workspace;
import io.fleetline.bench.machine.ProcessMemory;
import io.fleetline.bench.machine.Procfs;
import io.fleetline.bench.measure.Benchmark;
import io.fleetline.bench.measure.Effort;
import io.fleetline.bench.measure.Figure;
import io.fleetline.bench.measure.Measurement;
import io.fleetline.bench.measure.Numbers;
import io.fleetline.bench.measure.Progress;
import io.fleetline.bench.measure.Reading;
import io.fleetline.bench.measure.Samples;
import io.fleetline.bench.measure.Series;
import io.fleetline.bench.measure.SideResult;
import io.fleetline.bench.stage.NodeOptions;
import io.fleetline.bench.stage.Stage;
import io.fleetline.bench.wss.Resumption;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** As many idle devices on one node as a process here may have descriptors for: heap, memory, CPU. */
public final class CrowdBenchmark implements Benchmark {
    /** Memory is touched before anything is measured, so that what the resident set grows by lies outside the heap. */
    private static final List<String> JVM = List.of("-Xms2g", "-Xmx2g", "-XX:+AlwaysPreTouch");

    private static final double MIB = 1 << 20;
    private static final double KIB = 1 << 10;

    private static final String HEAP = "live heap";
    private static final String RESIDENT = "resident";
    private static final String RATE = "rate";
    private static final String CPU = "idle CPU";
    /** Each has its own limit of descriptors, which is the node's too. */
    private static final int CLIENT_PROCESSES = 2;

    /** For {@code Benchmarks}. */
    public CrowdBenchmark() {}

    @Override
    public String name() {
        return "connections";
    }

    @Override
    public String summary() {
        return "as many idle devices as one node may have sockets for: live heap, resident set, CPU with heartbeats";
    }

    /**
     * How much is done.
     *
     * @param first how many connections there are when memory is first looked at, when classes are loaded and caches filled
     * @param step how many come with each step after that
     * @param steps how many steps
     * @param idle for how long the CPU is watched at a time, and how often
     */
    private record Plan(int first, int step, int steps, Duration idle, int looks) {
        static Plan of(Effort effort) {
            return switch (effort) {
                case QUICK -> new Plan(400, 400, 2, Duration.ofSeconds(3), 2);
                case FULL -> new Plan(1_000, 6_000, 3, Duration.ofSeconds(25), 3);
            };
        }

        int most() {
            return first + step * steps;
        }
    }

    @Override
    public Measurement measure(Effort effort, Progress progress) throws Exception {
        Plan plan = Plan.of(effort);
        try (Workspace workspace = Workspace.create()) {
            Stage stage = new Stage(workspace, progress);
            Stage.Node node = stage.node(
                    "node", NodeOptions.DEFAULTS.withDevices(plan.most()).withJvm(JVM));
            List<Guests> guests = new ArrayList<>();
            for (int i = 0; i < CLIENT_PROCESSES; i++) {
                ChildJvm clients = stage.side("clients-" + (i + 1), CrowdRole.class);
                List<JsonNode> own = node.devices()
                        .subList(i * plan.most() / CLIENT_PROCESSES, (i + 1) * plan.most() / CLIENT_PROCESSES);
                guests.add(Guests.of(stage, clients, "devices", node, own, Resumption.NEVER));
            }
            Growth growth = new Growth(node.process(), guests, progress);
            growth.add(plan.first());
            for (int step = 0; step < plan.steps(); step++) {
                growth.add(plan.step());
            }
            List<Double> idle = idle(plan, node.process(), progress);
            for (Guests each : guests) {
                each.check();
            }
            return measurement(plan, growth, idle);
        }
    }

    /** The node with more and more connections. */
    private static final class Growth {
        private final ChildJvm node;
        private final List<Guests> guests;
        private final Progress progress;
        private final List<Double> connections = new ArrayList<>();
        private final List<Double> heap = new ArrayList<>();
        private final List<Double> resident = new ArrayList<>();
        private final List<Double> rate = new ArrayList<>();

        Growth(ChildJvm node, List<Guests> guests, Progress progress) {
            this.node = node;
            this.guests = guests;
            this.progress = progress;
        }

        void add(int count) throws Exception {
            double nanos = 0;
            for (Guests each : guests) {
                nanos += each.arrive(count / guests.size(), Guests.AT_ONCE, false)
                        .path("nanos")
                        .asDouble();
            }
            int present = 0;
            for (Guests each : guests) {
                present += each.check();
            }
            connections.add((double) present);
            rate.add(count * 1e9 / nanos);
            heap.add(GrowingSide.liveHeap(node) / MIB);
            resident.add(ProcessMemory.resident(node.pid()) / MIB);
            int last = heap.size() - 1;
            progress.say(present + " connections: " + Numbers.text(heap.get(last)) + " MiB of live heap, "
                    + Numbers.text(resident.get(last)) + " MiB resident; " + Numbers.text(rate.get(last))
                    + " connects/s");
        }

        /** How much more of it each connection brought from the first look to the last. */
        double slopeKibibytes(List<Double> mebibytes) {
            int last = connections.size() - 1;
            return (mebibytes.get(last) - mebibytes.get(0)) * KIB / (connections.get(last) - connections.get(0));
        }
    }

    private static List<Double> idle(Plan plan, ChildJvm node, Progress progress)
            throws IOException, InterruptedException {
        Procfs procfs = Procfs.ofThisMachine();
        List<Double> percent = new ArrayList<>();
        for (int look = 0; look < plan.looks(); look++) {
            CpuUse cpu = CpuUse.watch(procfs, Map.of("node", node));
            TimeUnit.MILLISECONDS.sleep(plan.idle().toMillis());
            Reading used = cpu.cores().get(0);
            percent.add(100 * used.value());
            progress.say("idle: " + Numbers.text(100 * used.value()) + " % of a core");
        }
        return percent;
    }

    private static Measurement measurement(Plan plan, Growth growth, List<Double> idle) {
        int last = growth.connections.size() - 1;
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put(
                "connections",
                plan.first() + ", then " + plan.steps() + " times " + plan.step() + " more, " + Guests.AT_ONCE
                        + " at a time, from " + CLIENT_PROCESSES + " processes");
        parameters.put("tls", "TLS 1.3, P-256 certificate, full handshakes");
        parameters.put("devices", "said hello and were welcomed; a heartbeat every 25 s, nothing else");
        parameters.put("jvm", Stage.JVM + "; node also " + String.join(" ", JVM));
        parameters.put("idle", plan.looks() + " looks of " + plan.idle().toSeconds() + " s, when all are there");
        SideResult node = new SideResult(
                "node",
                List.of(
                        new Series("connections", "", new Samples(growth.connections)),
                        new Series(HEAP, "MiB", new Samples(growth.heap)),
                        new Series(RESIDENT, "MiB", new Samples(growth.resident)),
                        new Series(RATE, "connects/s", new Samples(growth.rate)),
                        new Series(CPU, "% of a core", new Samples(idle))));
        double beatsPerSecond = growth.connections.get(last) / 25;
        double cpu = node.samples(CPU).median();
        return new Measurement(
                parameters,
                List.of(node),
                List.of(
                        one("connections", "at the end", "", growth.connections.get(last)),
                        one(HEAP, "at the end", "MiB", growth.heap.get(last)),
                        one(
                                "heap each",
                                "live heap for each connection after the first",
                                "KiB",
                                growth.slopeKibibytes(growth.heap)),
                        one(RESIDENT, "at the end; 2,048 MiB of it are the heap", "MiB", growth.resident.get(last)),
                        one(
                                "native each",
                                "what the resident set grew by for each",
                                "KiB",
                                growth.slopeKibibytes(growth.resident)),
                        Figure.absolute(
                                CPU,
                                "with a heartbeat of each in 25 s",
                                "% of a core",
                                node.samples(CPU),
                                Optional.empty()),
                        one("heartbeat", "idle CPU ÷ heartbeats", "µs", cpu * 1e4 / beatsPerSecond)),
                List.of(
                        "Live is what full collections leave (jcmd GC.run, GC.heap_info), the less of two.",
                        "The heap was touched as a whole before the first look, so the resident set grows by what lies outside of it.",
                        "Sockets' buffers belong to the kernel and are in neither.",
                        "A side's median is over its looks at different numbers of connections; the figures are those of the last."));
    }

    private static Figure one(String id, String what, String unit, double value) {
        return Figure.absolute(id, what, unit, Samples.of(value), Optional.empty());
    }
}
