package io.fleetline.simulator.scenario;

import io.fleetline.protocol.DeviceId;
import io.fleetline.simulator.schedule.Durations;
import io.fleetline.simulator.schedule.LoadCurve;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a fleet is to do.
 *
 * @param name what it is called, 1 to 64 of {@code [A-Za-z0-9._-]}
 * @param about what it is for, in a sentence; may be empty
 * @param seed from which all chance follows
 * @param nodes how many nodes are to be started where the run starts its own, 1 to 9
 * @param brokers how many brokers of Kafka are to be started there, 1 or 3 to 9
 * @param processes how many processes of the simulator share the devices, 1 to 16
 * @param drain how long receipts may take to come after the last stage
 * @param warmUp from the beginning on, for how long times do not count: less than the stages take
 * @param stages how the run goes, at least one
 * @param groups the devices, at least one group
 * @param orders the commands that the run sends
 * @param faults what is done to the devices' connections
 * @param outages what is done to nodes, brokers and processes of the simulator that the run starts
 * @param thresholds what is asked of the system
 */
public record Scenario(
        String name,
        String about,
        long seed,
        int nodes,
        int brokers,
        int processes,
        Duration drain,
        Duration warmUp,
        List<Stage> stages,
        List<Group> groups,
        List<Order> orders,
        List<Fault> faults,
        List<Outage> outages,
        Thresholds thresholds) {
    /** The most devices in one process: what its file descriptors and memory can be expected to hold. */
    public static final int MOST_DEVICES = 20_000;

    /** The most processes that share the devices of a run. */
    public static final int MOST_PROCESSES = 16;

    private static final Duration LONGEST_STAGE = Duration.ofDays(7);

    /**
     * A part of a run.
     *
     * @param name for reports
     * @param length how long it takes, 100 ms to 7 days
     * @param load how fast the groups' schedules go on, 0 to 1,000; 1 is what they say
     */
    public record Stage(String name, Duration length, double load) {
        /** @throws IllegalArgumentException naming the key that is out of its range */
        public Stage {
            Checks.range("for", length, Duration.ofMillis(100), LONGEST_STAGE);
            Checks.range("load", load, 0, 1_000);
        }
    }

    /**
     * Checks each part and how they stand to one another.
     *
     * @throws IllegalArgumentException naming the key by its path, such as {@code groups[1].name}
     */
    public Scenario {
        if (!name.matches("[A-Za-z0-9._-]{1,64}")) {
            throw new IllegalArgumentException("name is \"" + name + "\", not 1 to 64 of [A-Za-z0-9._-]");
        }
        Checks.range("nodes", nodes, 1, 9);
        Checks.range("brokers", brokers, 1, 9);
        if (brokers == 2) {
            throw new IllegalArgumentException("brokers is 2, of which none may be missing: 1, or 3 and more");
        }
        Checks.range("processes", processes, 1, MOST_PROCESSES);
        Checks.range("drain", drain, Duration.ZERO, Duration.ofHours(24));
        stages = List.copyOf(stages);
        groups = List.copyOf(groups);
        orders = List.copyOf(orders);
        faults = List.copyOf(faults);
        outages = List.copyOf(outages);
        for (int i = 0; i < outages.size(); i++) {
            Outage outage = outages.get(i);
            String key = "outages[" + i + "]." + outage.part().role().key();
            int known = switch (outage.part().role()) {
                case NODE -> nodes;
                case BROKER -> brokers;
                case PROCESS -> processes;
            };
            if (outage.part().role() == Outage.Role.PROCESS && processes == 1) {
                throw new IllegalArgumentException(key + " is " + outage.part().number()
                        + ", but the only process plays the run; processes is to be 2 or more");
            }
            if (outage.part().number() < 1 || outage.part().number() > known) {
                throw new IllegalArgumentException(
                        key + " is " + outage.part().number() + ", but they are numbered from 1 to " + known);
            }
        }
        if (stages.isEmpty() || groups.isEmpty()) {
            throw new IllegalArgumentException((stages.isEmpty() ? "stages" : "groups") + " is empty");
        }
        Duration stagesLength = length(stages);
        if (warmUp.isNegative() || warmUp.compareTo(stagesLength) >= 0) {
            throw new IllegalArgumentException("warmUp is " + Durations.text(warmUp)
                    + ", not within 0s to less than the stages take, " + Durations.text(stagesLength));
        }
        List<String> names = groups.stream().map(Group::name).toList();
        for (int i = 0; i < names.size(); i++) {
            int first = names.indexOf(names.get(i));
            if (first < i) {
                throw new IllegalArgumentException(
                        "groups[" + i + "].name is " + names.get(i) + ", which groups[" + first + "] is called too");
            }
        }
        for (int i = 0; i < faults.size(); i++) {
            Fault fault = faults.get(i);
            boolean tokens = groups.stream()
                    .anyMatch(group ->
                            group.name().equals(fault.group()) && group.tokens().isPresent());
            if (fault.kind() == Fault.Kind.EXPIRED_CREDENTIAL && !tokens) {
                throw new IllegalArgumentException(
                        "faults[" + i + "].kind is expired-credential, but the secrets of group " + fault.group()
                                + " have no end; its credential is to be {kind: token}");
            }
        }
        int devices = groups.stream().mapToInt(Group::devices).sum();
        if (devices > MOST_DEVICES * processes) {
            throw new IllegalArgumentException("groups have " + devices + " devices together, more than " + MOST_DEVICES
                    + " for each process (processes is " + processes + ")");
        }
    }

    /**
     * Reads a text.
     *
     * @param source what to call it in messages
     * @param directory where files lie that it names
     * @throws IllegalArgumentException naming the source, the line and the key
     */
    public static Scenario parse(String yaml, String source, Path directory) {
        return parse(yaml, source, directory, Overrides.NONE);
    }

    /** As {@link #parse(String, String, Path)}, with what is to be otherwise than it is written. */
    public static Scenario parse(String yaml, String source, Path directory, Overrides overrides) {
        return ScenarioReader.parse(yaml, source, directory, overrides);
    }

    /** How long the stages take together. */
    public Duration length() {
        return length(stages);
    }

    private static Duration length(List<Stage> stages) {
        return stages.stream().map(Stage::length).reduce(Duration.ZERO, Duration::plus);
    }

    /** How fast schedules go on when. */
    public LoadCurve load() {
        return new LoadCurve(stages.stream()
                .map(stage -> new LoadCurve.Step(stage.length().toNanos(), stage.load()))
                .toList());
    }

    /** How many devices there are. */
    public int devices() {
        return groups.stream().mapToInt(Group::devices).sum();
    }

    /** All devices, in the order of their groups. */
    public List<DeviceId> deviceIds() {
        List<DeviceId> ids = new ArrayList<>(devices());
        groups.forEach(group -> ids.addAll(group.deviceIds()));
        return ids;
    }

    /** How many events a second all devices publish on average while the load is 1. */
    public double eventsPerSecond() {
        return groups.stream().mapToDouble(Group::eventsPerSecond).sum();
    }

    /** The group of this name. */
    public Optional<Group> group(String wanted) {
        return groups.stream().filter(group -> group.name().equals(wanted)).findFirst();
    }
}
