package io.fleetline.bench.peers;

import com.fasterxml.jackson.databind.JsonNode;
import io.fleetline.bench.child.ChildJvm;
import io.fleetline.bench.device.CountingProxy;
import io.fleetline.bench.machine.ProcessMemory;
import io.fleetline.bench.machine.Procfs;
import io.fleetline.bench.measure.Reading;
import io.fleetline.bench.measure.Samples;
import io.fleetline.bench.measure.Series;
import io.fleetline.bench.measure.Side;
import io.fleetline.bench.stage.Stage;
import io.fleetline.bench.wss.ServerHello;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** One server with its clients. */
final class PeerSide implements Side {
    private static final String ALONE = "CPU per message, one in flight";
    private static final String PIPELINED = "CPU per message, many in flight";
    private static final String CONNECTS = "connects/s";
    private static final String MEMORY = "memory per idle connection";
    private static final String HEAP = "of it live heap";
    private static final String WIRE = "bytes on the wire per message";

    /** What the node is set beside the others by, where both have it. */
    static final List<String> COMPARED = List.of(MEMORY, ALONE, PIPELINED, CONNECTS, WIRE);

    /** How many are on their way at a time where connects are not counted. */
    private static final int HURRIED = 32;

    private static final int LOADS = 3;
    private static final int WIRE_MILLIS = 500;

    /**
     * Who connects to each server.
     *
     * @param busy how many publish
     * @param idle how many do not
     * @param visitors how many take turns while connects are counted
     */
    record Crowd(int busy, int idle, int visitors) {
        int count() {
            return busy + idle + visitors;
        }
    }

    /**
     * What all sides share.
     *
     * @param clients the process of the clients
     * @param devices who may connect, {@code {id, secret}}
     */
    record Common(Stage stage, ChildJvm clients, Procfs procfs, JsonNode devices, Crowd crowd) {}

    private final String name;
    private final String dialect;
    private final String url;
    private final long pid;
    private final boolean java;
    private final Common common;
    private int taken;
    private List<Object> visitors = List.of();
    private String negotiated = "";

    /**
     * A server that listens.
     *
     * @param java whether it has a heap that can be looked at
     */
    PeerSide(String name, String dialect, String url, long pid, boolean java, Common common) throws Exception {
        this.name = name;
        this.dialect = dialect;
        this.url = url;
        this.pid = pid;
        this.java = java;
        this.common = common;
        clients(name, url);
    }

    @Override
    public String name() {
        return name;
    }

    private void clients(String of, String to) throws Exception {
        ask("clients", of, Map.of("url", to, "trust", common.stage().trust().toString(), "dialect", dialect));
    }

    private JsonNode ask(String verb, String of, Map<String, ?> arguments) throws Exception {
        Map<String, Object> all = new LinkedHashMap<>(arguments);
        all.put("name", of);
        return common.clients().ask(verb, all, Stage.PATIENCE);
    }

    /** Devices that nobody is yet. */
    private List<Object> devices(int count) {
        List<Object> some = new ArrayList<>();
        IntStream.range(taken, taken + count)
                .forEach(i -> some.add(common.devices().path(i)));
        taken += count;
        return some;
    }

    private void connect(String of, int count) throws Exception {
        ask("connect", of, Map.of("devices", devices(count), "together", HURRIED));
    }

    /**
     * Connects those that stay. What is measured meanwhile, and by one more that goes through a proxy that counts.
     *
     * @param first how long the loads are on before memory is looked at
     */
    List<Series> once(Duration first) throws Exception {
        int connections = common.crowd().idle();
        connect(name, common.crowd().busy());
        visitors = devices(common.crowd().visitors());
        var unused = run(first);
        long heap = heap();
        long resident = ProcessMemory.resident(pid);
        connect(name, connections);
        long moreHeap = heap() - heap;
        long moreResident = ProcessMemory.resident(pid) - resident;
        List<Series> series = new ArrayList<>();
        series.add(new Series(MEMORY, "B", Samples.of((double) (moreResident + moreHeap) / connections)));
        if (java) {
            series.add(new Series(HEAP, "B", Samples.of((double) moreHeap / connections)));
        }
        series.add(new Series(WIRE, "B", Samples.of(wire())));
        return series;
    }

    /** What lives on its heap; 0 if it has none. */
    private long heap() throws Exception {
        if (!java) {
            return 0;
        }
        ProcessMemory.liveHeap(pid); // what a first collection lets go of is gone after a second one
        return ProcessMemory.liveHeap(pid);
    }

    private double wire() throws Exception {
        try (CountingProxy proxy = new CountingProxy(URI.create(url))) {
            String one = name + " by the proxy";
            clients(one, proxy.url().toString());
            connect(one, 1);
            negotiated = ServerHello.parse(proxy.head()).toString();
            long before = proxy.bytes();
            JsonNode ran = ask("run", one, Map.of("millis", WIRE_MILLIS, "connections", 1, "inFlight", 1));
            double bytes =
                    (double) (proxy.bytes() - before) / ran.path("messages").asLong();
            ask("leave", one, Map.of());
            return bytes;
        }
    }

    /** What version, cipher suite and curve the server agreed to, and how many handshakes were full and resumed. */
    String tls() throws Exception {
        return "its ServerHello said " + negotiated + "; of all: "
                + ask("tls", name, Map.of()).path("tls").asText();
    }

    @Override
    public List<Reading> run(Duration segment) throws Exception {
        Duration third = segment.dividedBy(LOADS);
        List<Reading> readings = new ArrayList<>();
        readings.addAll(publish(third, 1, ALONE, "messages/s, one in flight"));
        readings.addAll(publish(third, PeersBenchmark.IN_FLIGHT, PIPELINED, "messages/s, many in flight"));
        readings.addAll(visit(third));
        return readings;
    }

    private List<Reading> publish(Duration time, int inFlight, String cpu, String rate) throws Exception {
        Duration before = common.procfs().ofProcess(pid);
        JsonNode ran = ask(
                "run",
                name,
                Map.of("millis", time.toMillis(), "connections", common.crowd().busy(), "inFlight", inFlight));
        long messages = ran.path("messages").asLong();
        return List.of(
                new Reading(cpu, "µs", micros(before) / messages),
                new Reading(rate, "1/s", messages * 1e9 / ran.path("nanos").asLong()));
    }

    private List<Reading> visit(Duration time) throws Exception {
        Duration before = common.procfs().ofProcess(pid);
        JsonNode came = ask(
                "visit",
                name,
                Map.of("devices", visitors, "together", PeersBenchmark.TOGETHER, "millis", time.toMillis()));
        long visits = came.path("visits").asLong();
        return List.of(
                new Reading(CONNECTS, "1/s", visits * 1e9 / came.path("nanos").asLong()),
                new Reading("CPU per connect", "µs", micros(before) / visits));
    }

    /** Of the server, since it had taken so much. */
    private double micros(Duration before) {
        return common.procfs().ofProcess(pid).minus(before).toNanos() / 1e3;
    }
}
