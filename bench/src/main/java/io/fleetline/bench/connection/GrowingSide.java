package io.fleetline.bench.connection;

import com.fasterxml.jackson.databind.JsonNode;
import io.fleetline.bench.child.ChildJvm;
import io.fleetline.bench.machine.ProcessMemory;
import io.fleetline.bench.measure.Reading;
import io.fleetline.bench.measure.Side;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** A server that gets as many more idle connections with each run, and whose heap is looked at before and after. */
final class GrowingSide implements Side {
    static final String HEAP = "heap";

    private static final double KIB = 1_024;

    private final String name;
    private final ChildJvm server;
    private final Guests guests;
    private final int step;

    /** @param step how many connections each run adds */
    GrowingSide(String name, ChildJvm server, Guests guests, int step) {
        this.name = name;
        this.server = server;
        this.guests = guests;
        this.step = step;
    }

    @Override
    public String name() {
        return name;
    }

    /** Takes as long as it takes to connect so many. */
    @Override
    public List<Reading> run(Duration segment) throws Exception {
        long before = liveHeap(server);
        JsonNode answer = guests.arrive(step, Guests.AT_ONCE, false);
        long after = liveHeap(server);
        return List.of(
                new Reading(HEAP, "KiB/connection", (after - before) / KIB / step),
                new Reading("connections", "", guests.check()),
                new Reading(
                        "rate", "connects/s", step * 1e9 / answer.path("nanos").asDouble()));
    }

    /** The less of two looks: what a look itself and timers allocate stands beside what lives. */
    static long liveHeap(ChildJvm server) throws IOException, InterruptedException {
        return Math.min(ProcessMemory.liveHeap(server.pid()), ProcessMemory.liveHeap(server.pid()));
    }
}
