package io.fleetline.cli.dev;

import io.fleetline.ingest.kafka.TopicNames;
import io.fleetline.protocol.DeviceId;
import io.fleetline.simulator.proof.PlantedFault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What a dev instance is to be.
 *
 * @param state where it keeps its state
 * @param fresh whether to begin with none
 * @param port the first node's port; further nodes take the ones that follow
 * @param nodes how many nodes: one in this process, more in processes of their own
 * @param boilers how many simulated devices beside the host sensor
 * @param exact whether the exact stage runs too
 * @param nodeSettings keys of the nodes' configuration, {@code key=value}
 * @param runFor after how long it ends by itself; if empty, when it is told to
 * @param fault what to spoil in Kafka before the proof
 */
public record DevPlan(
        Path state,
        boolean fresh,
        int port,
        int nodes,
        int boilers,
        boolean exact,
        List<String> nodeSettings,
        Optional<Duration> runFor,
        Optional<PlantedFault> fault) {
    static final int MAX_NODES = 9;
    static final int MAX_BOILERS = 1_000;

    /** The device that publishes this machine's own readings. */
    static final DeviceId HOST = new DeviceId("demo", "host");

    /** @throws IllegalArgumentException naming the option that is out of its range, or those that do not go together */
    public DevPlan {
        nodeSettings = List.copyOf(nodeSettings);
        require("--port", port, 1, 65_535 - MAX_NODES);
        require("--nodes", nodes, 1, MAX_NODES);
        require("--devices", boilers, 0, MAX_BOILERS);
        requireOneEventsTopic(nodeSettings);
        if (exact && fault.isPresent()) {
            throw new IllegalArgumentException("--exact and --plant do not go together:"
                    + " the exact stage would have read the topic before it was spoilt");
        }
    }

    /**
     * Checks that nodes are not given a topic of events for each tenant: what is compared with Kafka at the end lies in one.
     *
     * @throws IllegalArgumentException naming the setting that does
     */
    public static void requireOneEventsTopic(List<String> nodeSettings) {
        for (String setting : nodeSettings) {
            if (setting.startsWith("kafka.topics.events") && setting.contains(TopicNames.TENANT)) {
                throw new IllegalArgumentException("--node-set is " + setting + ", a topic for each tenant; what is"
                        + " compared with Kafka in the end has to lie in one");
            }
        }
    }

    /** The simulated devices. */
    List<DeviceId> boilerIds() {
        List<DeviceId> ids = new ArrayList<>(boilers);
        for (int i = 1; i <= boilers; i++) {
            ids.add(new DeviceId("demo", String.format(Locale.ROOT, "boiler-%02d", i)));
        }
        return ids;
    }

    /** Every device that is to be registered. */
    List<DeviceId> devices() {
        List<DeviceId> all = new ArrayList<>();
        all.add(HOST);
        all.addAll(boilerIds());
        all.add(Instance.GUEST);
        return all;
    }

    private static void require(String option, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(option + " is " + value + ", not within " + least + " to " + most);
        }
    }
}
