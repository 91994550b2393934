package io.fleetline.bench.ingest;

import com.fasterxml.jackson.databind.JsonNode;
import io.fleetline.bench.child.ChildJvm;
import io.fleetline.bench.child.CpuUse;
import io.fleetline.bench.load.Load;
import io.fleetline.bench.machine.Procfs;
import io.fleetline.bench.measure.Reading;
import io.fleetline.bench.measure.Side;
import io.fleetline.bench.stage.Stage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Devices that publish over wss to a node, which stores each event in Kafka and acknowledges it; or to a bare server. */
final class LoadSide implements Side {
    private static final String SERVER = "server";

    static final String CPU = CpuUse.metric(SERVER);

    private final String name;
    private final Procfs procfs;
    private final Load load;
    private final int window;
    private final Map<String, ChildJvm> processes = new LinkedHashMap<>();

    private LoadSide(String name, Procfs procfs, ChildJvm server, Load load, int window) {
        this.name = name;
        this.procfs = procfs;
        this.load = load;
        this.window = window;
        processes.put(SERVER, server);
        processes.put("load", load.process());
    }

    /** Fleetline, with at most so many events of each device in flight. */
    static LoadSide of(Stage stage, String name, Procfs procfs, Stage.Node node, Load load, int window) {
        LoadSide side = new LoadSide(name, procfs, node.process(), load, window);
        side.processes.put("broker", stage.broker());
        return side;
    }

    /** A bare server, with at most so many events of each client on their way there and back. */
    static LoadSide of(String name, Procfs procfs, Stage.Bare bare, Load load, int window) {
        return new LoadSide(name, procfs, bare.process(), load, window);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public List<Reading> run(Duration segment) throws Exception {
        CpuUse cpu = CpuUse.watch(procfs, processes);
        JsonNode answer = load.process()
                .ask("run", Map.of("millis", segment.toMillis(), "window", window), Rates.patience(segment));
        List<Reading> readings = new ArrayList<>();
        readings.add(Rates.reading(answer));
        readings.addAll(cpu.per(answer.path("events").asLong(), "event"));
        readings.add(new Reading(
                "acks",
                "per frame",
                answer.path("acks").asDouble() / answer.path("frames").asDouble()));
        return readings;
    }
}
