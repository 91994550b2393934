package io.fleetline.bench.ingest;

import com.fasterxml.jackson.databind.JsonNode;
import io.fleetline.bench.child.ChildJvm;
import io.fleetline.bench.child.CpuUse;
import io.fleetline.bench.machine.Procfs;
import io.fleetline.bench.measure.Reading;
import io.fleetline.bench.measure.Side;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The floor: a bare producer that writes the node's very records. */
final class ProducerSide implements Side {
    static final String CPU = "producer CPU";

    private final Procfs procfs;
    private final ChildJvm producer;
    private final Map<String, ChildJvm> processes = new LinkedHashMap<>();

    ProducerSide(Procfs procfs, ChildJvm producer, ChildJvm broker) {
        this.procfs = procfs;
        this.producer = producer;
        processes.put("producer", producer);
        processes.put("broker", broker);
    }

    @Override
    public String name() {
        return "producer";
    }

    @Override
    public List<Reading> run(Duration segment) throws Exception {
        CpuUse cpu = CpuUse.watch(procfs, processes);
        JsonNode answer = producer.ask("run", Map.of("millis", segment.toMillis()), Rates.patience(segment));
        List<Reading> readings = new ArrayList<>();
        readings.add(Rates.reading(answer));
        readings.addAll(cpu.per(answer.path("events").asLong(), "event"));
        return readings;
    }
}
