package io.fleetline.bench.ingest;

import com.fasterxml.jackson.databind.JsonNode;
import io.fleetline.bench.child.ChildJvm;
import io.fleetline.bench.machine.Procfs;
import io.fleetline.bench.measure.Reading;
import io.fleetline.bench.measure.Side;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Fleetline: devices publish over wss to a node, which stores each event in Kafka and acknowledges it. */
final class NodeSide implements Side {
    static final String CPU = "server CPU";

    private final String name;
    private final Procfs procfs;
    private final ChildJvm load;
    private final Map<String, ChildJvm> processes = new LinkedHashMap<>();

    NodeSide(String name, Procfs procfs, ChildJvm node, ChildJvm load, ChildJvm broker) {
        this.name = name;
        this.procfs = procfs;
        this.load = load;
        processes.put("server", node);
        processes.put("load", load);
        processes.put("broker", broker);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public List<Reading> run(Duration segment) throws Exception {
        CpuUse cpu = CpuUse.watch(procfs, processes);
        JsonNode answer = load.ask("run", Map.of("millis", segment.toMillis()), Rates.patience(segment));
        List<Reading> readings = new ArrayList<>();
        readings.add(Rates.reading(answer));
        readings.addAll(cpu.per(answer.path("events").asLong()));
        readings.add(new Reading(
                "acks",
                "per frame",
                answer.path("acks").asDouble() / answer.path("frames").asDouble()));
        return readings;
    }
}
