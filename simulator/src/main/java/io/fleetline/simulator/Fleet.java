package io.fleetline.simulator;

import io.fleetline.device.ConnectionState;
import io.fleetline.device.DeviceClient;
import io.fleetline.device.DeviceClientBuilder;
import io.fleetline.device.DeviceRuntime;
import io.fleetline.device.OutboxConfig;
import io.fleetline.device.OutboxMode;
import io.fleetline.device.ProxyConfig;
import io.fleetline.protocol.DeviceId;
import io.fleetline.simulator.measure.Latencies;
import io.fleetline.simulator.measure.Percentiles;
import io.fleetline.simulator.network.FaultyNetwork;
import io.fleetline.simulator.network.Gate;
import io.fleetline.simulator.proof.Journal;
import io.fleetline.simulator.scenario.Fault;
import io.fleetline.simulator.scenario.Group;
import io.fleetline.simulator.scenario.Scenario;
import io.fleetline.simulator.schedule.LoadCurve;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** All that a scenario lets loose: its devices on one runtime, the network that they go through, and who commands them. */
final class Fleet implements AutoCloseable {
    /** How long what is decided may take to be noted down. */
    private static final Duration SETTLING = Duration.ofSeconds(1);

    /** Something that comes to rest. */
    @FunctionalInterface
    interface Resting {
        /** Waits until it has; false if the time ran out first. */
        boolean awaitQuiet(Duration patience) throws InterruptedException;
    }

    private final Scenario scenario;
    private final FleetTarget target;
    private final RunDirectory directory;
    private final FleetClock clock;
    private final FleetMeters meters;
    private final Journal journal;
    private final Pacer pacer;
    private final DeviceRuntime runtime = DeviceRuntime.create();
    private final Map<DeviceId, SimulatedDevice> devices = new LinkedHashMap<>();
    private final Map<String, Latencies> ackByGroup = new LinkedHashMap<>();
    private @Nullable Orders orders;
    private @Nullable FaultyNetwork network;

    /**
     * Builds it, and has the pacer set it going; nothing happens until the pacer runs.
     *
     * @throws IOException if a port cannot be had or a node's name not be looked up
     * @throws IllegalArgumentException if a device has no credentials, or cannot be built as the scenario wants it
     */
    Fleet(
            Scenario scenario,
            FleetTarget target,
            RunDirectory directory,
            FleetClock clock,
            FleetMeters meters,
            Journal journal,
            Pacer pacer)
            throws IOException {
        this.scenario = scenario;
        this.target = target;
        this.directory = directory;
        this.clock = clock;
        this.meters = meters;
        this.journal = journal;
        this.pacer = pacer;
        boolean built = false;
        try {
            build();
            built = true;
        } finally {
            if (!built) {
                close();
            }
        }
    }

    private void build() throws IOException {
        // Chance comes from the seed group by group, so that one more device leaves the others what they were.
        Random seeds = new Random(scenario.seed());
        LoadCurve load = scenario.load();
        for (Group group : scenario.groups()) {
            Random chance = new Random(seeds.nextLong());
            Optional<ProxyConfig> way = way(group, new Random(chance.nextLong()));
            Latencies ack = new Latencies();
            ackByGroup.put(group.name(), ack);
            int number = 0;
            for (DeviceId id : group.deviceIds()) {
                Random own = new Random(chance.nextLong());
                DeviceClientBuilder builder = builder(id, group);
                way.ifPresent(builder::proxy);
                SimulatedDevice device = new SimulatedDevice(id, group, builder, clock, meters, ack, journal, own);
                device.schedule(pacer, load, arrivalNanos(group, number, own), own);
                devices.put(id, device);
                number++;
            }
        }
        if (!scenario.orders().isEmpty()) {
            orders = new Orders(scenario, target, clock, meters, journal);
            orders.schedule(pacer, new Random(seeds.nextLong()));
        }
    }

    /** How a group reaches the nodes: through a network that can be bad, if the scenario has faults for it. */
    private Optional<ProxyConfig> way(Group group, Random chance) throws IOException {
        List<Fault> faults = scenario.faults().stream()
                .filter(fault -> fault.group().equals(group.name()))
                .toList();
        if (faults.isEmpty()) {
            return Optional.empty();
        }
        if (network == null) {
            network = new FaultyNetwork(target.endpoints(), clock.nanoTime());
        }
        Gate gate = network.gate(group.devices(), chance);
        faults.forEach(fault -> Faults.schedule(fault, gate, pacer));
        return Optional.of(ProxyConfig.of("127.0.0.1", gate.port()));
    }

    private static long arrivalNanos(Group group, int number, Random chance) {
        double part = group.arrival().byChance() ? chance.nextDouble() : (double) number / group.devices();
        return group.arrival().at().toNanos() + (long) (group.arrival().over().toNanos() * part);
    }

    private DeviceClientBuilder builder(DeviceId id, Group group) {
        String secret = target.secrets().get(id);
        if (secret == null) {
            throw new IllegalArgumentException("there are no credentials of " + id);
        }
        DeviceClientBuilder builder = DeviceClient.builder()
                .endpoint(target.endpoints().toArray(URI[]::new))
                .secret(secret)
                .outbox(outbox(id, group))
                .software("fleetline-simulator")
                .runtime(runtime);
        target.authority().ifPresent(builder::trustedCertificates);
        return builder;
    }

    private OutboxConfig outbox(DeviceId id, Group group) {
        Optional<Path> path = group.outbox().mode() == OutboxMode.MEMORY
                ? Optional.empty()
                : Optional.of(directory.outbox(id.tenant(), id.device()));
        return new OutboxConfig(
                group.outbox().mode(),
                path,
                group.outbox().maxBytes(),
                group.outbox().overflow());
    }

    /** All that must come to rest at the end, in the order in which it does. */
    List<Resting> resting() {
        List<Resting> all = new ArrayList<>();
        if (orders != null) {
            // First: what a command came to is an item in its device's outbox.
            all.add(orders::awaitQuiet);
        }
        devices.values().forEach(device -> all.add(device::awaitQuiet));
        return all;
    }

    /** Ends all faults. */
    void mend() {
        if (network != null) {
            network.mend();
        }
    }

    /** How many devices there are. */
    int size() {
        return devices.size();
    }

    /** How many devices are connected. */
    long connected() {
        return devices.values().stream()
                .filter(device -> device.status().state() == ConnectionState.CONNECTED)
                .count();
    }

    /** From when an event was due to its receipt, for each group. */
    Map<String, Percentiles> ackByGroup() {
        Map<String, Percentiles> byGroup = new LinkedHashMap<>();
        ackByGroup.forEach((name, latencies) -> byGroup.put(name, latencies.total()));
        return byGroup;
    }

    /** Waits, after it was closed, until what has no receipt is noted down as dropped. */
    boolean awaitNotes() throws InterruptedException {
        boolean quiet = true;
        for (SimulatedDevice device : devices.values()) {
            quiet &= device.awaitNotes(SETTLING);
        }
        return quiet;
    }

    @Override
    public void close() {
        if (orders != null) {
            orders.close();
        }
        // One by one: thousands at once would have each wait for all others, and some longer than a client may take to
        // end.
        devices.values().forEach(SimulatedDevice::close);
        runtime.close();
        if (network != null) {
            network.close();
        }
    }
}
