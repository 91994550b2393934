package io.fleetline.simulator;

import io.fleetline.device.ConnectionState;
import io.fleetline.device.Credential;
import io.fleetline.device.DeviceClient;
import io.fleetline.device.DeviceClientBuilder;
import io.fleetline.device.DeviceRuntime;
import io.fleetline.device.OutboxConfig;
import io.fleetline.device.OutboxMode;
import io.fleetline.device.ProxyConfig;
import io.fleetline.protocol.DeviceId;
import io.fleetline.simulator.measure.Latencies;
import io.fleetline.simulator.measure.OwnLoad;
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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** The devices that this process plays, on one runtime, and the network that they go through. */
final class Fleet implements Crew {
    /** How long what is decided may take to be noted down. */
    private static final Duration SETTLING = Duration.ofSeconds(1);

    /** A device, when it arrives, and from what its doings by chance follow. */
    private record Member(SimulatedDevice device, long arrivalNanos, Random chance) {}

    /** A group's way through a bad network. */
    private record Way(Gate gate, List<Fault> faults) {}

    private final Scenario scenario;
    private final FleetTarget target;
    private final RunDirectory directory;
    private final FleetClock clock;
    private final FleetMeters meters;
    private final Journal journal;
    private final Pacer pacer;
    private final DeviceRuntime runtime = DeviceRuntime.create();
    private final List<Member> members = new ArrayList<>();
    private final List<Way> ways = new ArrayList<>();
    private @Nullable FaultyNetwork network;

    /**
     * Builds it; nothing happens yet.
     *
     * @param share which of the scenario's devices are built
     * @param lastCounters up to where devices have counted their events before, in the same run
     * @throws IOException if a port cannot be had or a node's name not be looked up
     * @throws IllegalArgumentException if a device has no credentials, or cannot be built as the scenario wants it
     */
    Fleet(
            Scenario scenario,
            Share share,
            Map<String, Long> lastCounters,
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
            build(share, lastCounters);
            built = true;
        } finally {
            if (!built) {
                close();
            }
        }
    }

    private void build(Share share, Map<String, Long> lastCounters) throws IOException {
        // Chance comes from the seed group by group, so that one more device leaves the others what they were, and is
        // drawn for those of other shares too, so that a device does the same in whichever process it is.
        Random seeds = new Random(scenario.seed());
        int index = 0;
        for (Group group : scenario.groups()) {
            Random chance = new Random(seeds.nextLong());
            int playedHere = share.count(index, group.devices());
            Optional<ProxyConfig> way = way(group, playedHere, new Random(chance.nextLong()));
            int number = 0;
            for (DeviceId id : group.deviceIds()) {
                Random own = new Random(chance.nextLong());
                if (share.has(index)) {
                    DeviceClientBuilder builder = builder(id, group, new Random(own.nextLong()));
                    way.ifPresent(builder::proxy);
                    long counter = lastCounters.getOrDefault(id.toString(), 0L);
                    SimulatedDevice device =
                            new SimulatedDevice(id, group, builder, clock, meters, journal, counter, own);
                    members.add(new Member(device, arrivalNanos(group, number, own), own));
                }
                number++;
                index++;
            }
        }
    }

    /**
     * How a group reaches the nodes: through a network that can be bad, if the scenario has faults for it.
     *
     * @param playedHere how many of its devices come this way: those of this share
     */
    private Optional<ProxyConfig> way(Group group, int playedHere, Random chance) throws IOException {
        List<Fault> faults = scenario.faults().stream()
                .filter(fault -> fault.group().equals(group.name()) && fault.kind() != Fault.Kind.EXPIRED_CREDENTIAL)
                .toList();
        if (faults.isEmpty()) {
            return Optional.empty();
        }
        if (network == null) {
            network = new FaultyNetwork(target.endpoints(), clock.nanoTime());
        }
        Gate gate = network.gate(playedHere, chance);
        ways.add(new Way(gate, faults));
        return Optional.of(ProxyConfig.of("127.0.0.1", gate.port()));
    }

    private static long arrivalNanos(Group group, int number, Random chance) {
        double part = group.arrival().byChance() ? chance.nextDouble() : (double) number / group.devices();
        return group.arrival().at().toNanos() + (long) (group.arrival().over().toNanos() * part);
    }

    private DeviceClientBuilder builder(DeviceId id, Group group, Random chance) {
        DeviceClientBuilder builder = DeviceClient.builder()
                .endpoint(target.endpoints().toArray(URI[]::new))
                .credential(credential(id, group, chance))
                .outbox(outbox(id, group))
                .software("fleetline-simulator")
                .runtime(runtime);
        target.authority().ifPresent(builder::trustedCertificates);
        return builder;
    }

    private Credential credential(DeviceId id, Group group, Random chance) {
        if (group.tokens().isPresent()) {
            FleetTarget.TokenKey key = target.tokenKey()
                    .orElseThrow(() -> new IllegalArgumentException("devices of group " + group.name()
                            + " show tokens, which can be made only where the simulator registers the devices"));
            return new Credential.Tokens(
                    new DeviceTokens(id, key, group.tokens().get(), clock, expiries(group, chance)));
        }
        String secret = target.secrets().get(id);
        if (secret == null) {
            throw new IllegalArgumentException("there are no credentials of " + id);
        }
        return new Credential.Secret(secret);
    }

    /** The faults that a device's credential suffers. */
    private List<Fault> expiries(Group group, Random chance) {
        return scenario.faults().stream()
                .filter(fault -> fault.group().equals(group.name())
                        && fault.kind() == Fault.Kind.EXPIRED_CREDENTIAL
                        && chance.nextDouble() < fault.share())
                .toList();
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

    /** Has those start at once that were there by then, for a process that takes another one's place. */
    void startArrived(long runNanos) {
        members.stream()
                .filter(member -> member.arrivalNanos() <= runNanos)
                .forEach(member -> member.device().startAgain());
    }

    /** Has the pacer do all that is due from this moment of the run on; what was due before is left out. */
    void schedule(long fromNanos) {
        startArrived(fromNanos - 1);
        LoadCurve load = scenario.load();
        members.forEach(
                member -> member.device().schedule(pacer, load, member.arrivalNanos(), fromNanos, member.chance()));
        for (Way way : ways) {
            way.faults().forEach(fault -> Faults.schedule(fault, way.gate(), pacer, fromNanos));
        }
    }

    @Override
    public void begin() {
        // Scheduled when it was built: it takes a while for many devices.
    }

    @Override
    public List<OwnLoad.Look> look(Latencies wakeUps, Latencies lag) {
        return List.of();
    }

    @Override
    public void endStages() {
        if (network != null) {
            network.mend();
        }
    }

    @Override
    public List<Resting> resting() {
        List<Resting> all = new ArrayList<>();
        members.forEach(member -> all.add(member.device()::awaitQuiet));
        return all;
    }

    @Override
    public int size() {
        return members.size();
    }

    @Override
    public long connected() {
        return members.stream()
                .filter(member -> member.device().status().state() == ConnectionState.CONNECTED)
                .count();
    }

    @Override
    public boolean end() throws InterruptedException {
        close();
        boolean quiet = true;
        for (Member member : members) {
            quiet &= member.device().awaitNotes(SETTLING);
        }
        return quiet;
    }

    @Override
    public void close() {
        // One by one: thousands at once would have each wait for all others, and some longer than a client may take to
        // end.
        members.forEach(member -> member.device().close());
        runtime.close();
        if (network != null) {
            network.close();
        }
    }
}
