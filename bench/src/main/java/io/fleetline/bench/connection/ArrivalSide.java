package io.fleetline.bench.connection;

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
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Devices that publish to a node at fixed times, first alone, then while many others connect at once, to it or elsewhere. */
final class ArrivalSide implements Side {
    static final String RATE = "rate";
    static final String BEFORE = "p99 before";
    static final String DURING = "p99 during";
    private static final String SERVER = "server";
    static final String CPU = CpuUse.metric(SERVER);

    private final String name;
    private final Procfs procfs;
    private final Load publishers;
    private final double framesPerSecond;
    private final ChildJvm server;
    private final Guests guests;
    private final int count;

    /**
     * A storm.
     *
     * @param publishers of the node, wherever the storm goes
     * @param server that the others connect to
     * @param guests the others
     * @param count how many of them
     */
    ArrivalSide(
            String name,
            Procfs procfs,
            Load publishers,
            double framesPerSecond,
            ChildJvm server,
            Guests guests,
            int count) {
        this.name = name;
        this.procfs = procfs;
        this.publishers = publishers;
        this.framesPerSecond = framesPerSecond;
        this.server = server;
        this.guests = guests;
        this.count = count;
    }

    @Override
    public String name() {
        return name;
    }

    /** Takes so long before the storm, and then as long as that takes. */
    @Override
    public List<Reading> run(Duration segment) throws Exception {
        publishers.process().ask("begin", Map.of("framesPerSecond", framesPerSecond), Stage.PATIENCE);
        look();
        TimeUnit.MILLISECONDS.sleep(segment.toMillis());
        JsonNode before = look();
        CpuUse cpu = CpuUse.watch(procfs, Map.of(SERVER, server));
        JsonNode storm = guests.arrive(count, count, true);
        List<Reading> cores = cpu.cores();
        JsonNode during = look();
        publishers.process().ask("end", Map.of(), Stage.PATIENCE);
        guests.leave();
        double seconds = storm.path("nanos").asDouble() / 1e9;
        List<Reading> readings = new ArrayList<>();
        readings.add(new Reading(RATE, "connects/s", count / seconds));
        readings.add(
                new Reading("attempts", "per device", storm.path("attempts").asDouble() / count));
        readings.addAll(cores);
        readings.add(new Reading("p50 before", "ms", millis(before, "p50")));
        readings.add(new Reading(BEFORE, "ms", millis(before, "p99")));
        readings.add(new Reading("p50 during", "ms", millis(during, "p50")));
        readings.add(new Reading(DURING, "ms", millis(during, "p99")));
        readings.add(new Reading("max during", "ms", millis(during, "max")));
        return readings;
    }

    private JsonNode look() throws Exception {
        return publishers.process().ask("look", Map.of(), Stage.PATIENCE);
    }

    private static double millis(JsonNode look, String what) {
        return look.path(what).asDouble() / 1e3;
    }
}
