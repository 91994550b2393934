package io.fleetline.bench.connection;

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

/** Devices that connect to a server and leave again, as fast as that goes. */
final class VisitSide implements Side {
    static final String RATE = "rate";
    private static final String SERVER = "server";
    static final String CPU = CpuUse.metric(SERVER);

    private final String name;
    private final Procfs procfs;
    private final Guests guests;
    private final Map<String, ChildJvm> processes = new LinkedHashMap<>();

    VisitSide(String name, Procfs procfs, ChildJvm server, Guests guests) {
        this.name = name;
        this.procfs = procfs;
        this.guests = guests;
        processes.put(SERVER, server);
        processes.put("clients", guests.clients());
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public List<Reading> run(Duration segment) throws Exception {
        CpuUse cpu = CpuUse.watch(procfs, processes);
        JsonNode answer = guests.visit(segment);
        long visits = answer.path("visits").asLong();
        List<Reading> readings = new ArrayList<>();
        readings.add(new Reading(
                RATE, "connects/s", visits * 1e9 / answer.path("nanos").asDouble()));
        readings.addAll(cpu.per(visits, "connect"));
        readings.add(new Reading("resumed", "part", answer.path("resumed").asDouble()));
        return readings;
    }
}
