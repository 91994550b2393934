package io.fleetline.simulator;

import io.fleetline.protocol.DeviceId;
import io.fleetline.simulator.measure.Latencies;
import io.fleetline.simulator.measure.OwnLoad;
import io.fleetline.simulator.scenario.Outage;
import io.fleetline.simulator.scenario.Scenario;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A fleet in several processes, each of which plays a share of it. They can be killed: what their devices had in memory is gone then, and
 * what they had on disk comes back with the process that takes their place. Thread-safe where it breaks and mends, otherwise for one
 * caller at a time.
 */
final class FleetProcesses implements Crew, Breakable {
    private static final Duration START_PATIENCE = Duration.ofMinutes(5);
    private static final Duration LOOK_PATIENCE = Duration.ofMillis(500);
    private static final Duration END_PATIENCE = Duration.ofMinutes(5);

    private final Scenario scenario;
    private final FleetTarget target;
    private final RunDirectory directory;
    private final FleetClock clock;
    private final FleetMeters meters;
    private final FleetRun.Processes processes;
    private final Map<Integer, Integer> starts = new TreeMap<>(); // guarded by this
    private final Map<Integer, FleetProcess> up = new TreeMap<>(); // guarded by this

    /**
     * Starts them, and waits until the devices are built.
     *
     * @throws IOException if a process cannot be started
     * @throws SimulatorProcessException if one cannot play its share; it says why
     */
    FleetProcesses(
            Scenario scenario,
            FleetTarget target,
            RunDirectory directory,
            FleetClock clock,
            FleetMeters meters,
            FleetRun.Processes processes)
            throws IOException, InterruptedException {
        this.scenario = scenario;
        this.target = target;
        this.directory = directory;
        this.clock = clock;
        this.meters = meters;
        this.processes = processes;
        boolean started = false;
        try {
            for (int number = 1; number <= scenario.processes(); number++) {
                up.put(number, start(number, 0));
            }
            for (FleetProcess each : up.values()) {
                each.awaitReady(START_PATIENCE);
            }
            started = true;
        } finally {
            if (!started) {
                close();
            }
        }
    }

    private FleetProcess start(int number, long runNanos) throws IOException {
        Share share = new Share(number, scenario.processes());
        int start;
        synchronized (this) {
            start = starts.merge(number, 1, Integer::sum);
        }
        Path log = directory.prepare(share);
        Assignment assignment = new Assignment(
                processes.scenario(),
                processes.files(),
                scenario.seed(),
                Assignment.devices(scenario),
                targetOf(share),
                directory.path(),
                clock.run(),
                share,
                start,
                runNanos);
        return new FleetProcess(processes.launcher().start(log), assignment, clock.nanoTime());
    }

    /** What devices of this share need; the others' secrets are none of its business. */
    private FleetTarget targetOf(Share share) {
        Map<DeviceId, String> secrets = new LinkedHashMap<>();
        int index = 0;
        for (DeviceId id : scenario.deviceIds()) {
            String secret = target.secrets().get(id);
            if (share.has(index) && secret != null) {
                secrets.put(id, secret);
            }
            index++;
        }
        return new FleetTarget(
                target.endpoints(), target.authority(), secrets, target.tokenKey(), Map.of(), target.topics());
    }

    private synchronized List<FleetProcess> all() {
        return List.copyOf(up.values());
    }

    @Override
    public void begin() {
        all().forEach(each -> each.begin(clock.runNanos()));
    }

    @Override
    public List<OwnLoad.Look> look(Latencies wakeUps, Latencies lag) throws InterruptedException {
        List<OwnLoad.Look> looks = new ArrayList<>();
        for (Tidings tidings : ask()) {
            wakeUps.add(tidings.wakeUps());
            lag.add(tidings.lag());
            looks.add(tidings.own());
        }
        return looks;
    }

    private List<Tidings> ask() throws InterruptedException {
        List<FleetProcess> asked = all();
        asked.forEach(FleetProcess::ask);
        List<Tidings> all = new ArrayList<>();
        for (FleetProcess each : asked) {
            all.addAll(take(each, LOOK_PATIENCE));
        }
        return all;
    }

    private List<Tidings> take(FleetProcess process, Duration patience) throws InterruptedException {
        List<Tidings> told = process.told(patience);
        for (Tidings tidings : told) {
            tidings.addTo(meters);
            meters.connected.addAndGet(process.connected(tidings.connected()));
        }
        return told;
    }

    @Override
    public void endStages() {
        all().forEach(FleetProcess::stagesOver);
    }

    @Override
    public List<Resting> resting() {
        List<Resting> resting = new ArrayList<>();
        all().forEach(each -> resting.add(each::awaitRested));
        return resting;
    }

    @Override
    public int size() {
        return scenario.devices();
    }

    @Override
    public long connected() throws InterruptedException {
        var unused = ask();
        return meters.connected.get();
    }

    @Override
    public boolean end() throws InterruptedException {
        List<FleetProcess> ending = all();
        ending.forEach(FleetProcess::end);
        boolean quiet = true;
        for (FleetProcess each : ending) {
            quiet &= each.awaitEnded(END_PATIENCE);
            var unused = take(each, Duration.ZERO);
        }
        return quiet;
    }

    @Override
    public void kill(Outage.Part part) throws InterruptedException {
        FleetProcess process;
        synchronized (this) {
            process = up.remove(part.number());
        }
        if (process != null) {
            meters.connected.addAndGet(-process.kill());
        }
    }

    @Override
    public void pause(Outage.Part part) {
        throw new UnsupportedOperationException(part + " can be killed, not paused: it is what measures");
    }

    @Override
    public void mend(Outage.Part part) throws IOException, InterruptedException {
        FleetProcess process = start(part.number(), Math.max(1, clock.runNanos()));
        boolean begun = false;
        try {
            process.awaitReady(START_PATIENCE);
            process.begin(clock.runNanos());
            begun = true;
        } finally {
            if (!begun) {
                process.close();
            }
        }
        synchronized (this) {
            up.put(part.number(), process);
        }
    }

    @Override
    public void close() {
        all().forEach(FleetProcess::close);
    }
}
