package io.fleetline.devkafka;

import io.fleetline.devkafka.node.BrokerPorts;
import io.fleetline.devkafka.node.KafkaNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Kafka's settings for a broker that starts within seconds on a small machine and loses nothing that it acknowledged. */
final class BrokerSettings {

    private static final String LOOPBACK = "127.0.0.1:";
    private static final String DETOUR = "DETOUR";

    private BrokerSettings() {}

    /**
     * The settings of one broker.
     *
     * @param broker its number, from 1
     * @param ports of all brokers, in order
     * @param storage where its data is
     * @param plan the user's wishes
     */
    static Map<String, String> of(int broker, List<BrokerPorts> ports, Path storage, ClusterPlan plan) {
        Map<String, String> settings = new TreeMap<>(pace());
        settings.putAll(internalTopics(ports.size()));
        settings.putAll(safety(ports.size()));
        settings.put(
                "server.max.startup.time.ms", String.valueOf(plan.startTimeout().toMillis()));
        settings.putAll(plan.properties());
        settings.putAll(place(broker, ports, storage, plan.clientProtocol()));
        if (!plan.detours().isEmpty()) {
            addDetour(settings, plan.detours().get(broker - 1));
        }
        return settings;
    }

    private static Map<String, String> place(int broker, List<BrokerPorts> ports, Path storage, String clientProtocol) {
        String client = KafkaNode.CLIENT_LISTENER;
        String controller = KafkaNode.CONTROLLER_LISTENER;
        BrokerPorts own = ports.get(broker - 1);
        return Map.of(
                "process.roles",
                "broker,controller",
                "node.id",
                String.valueOf(broker),
                "log.dirs",
                storage.toString(),
                "metadata.log.dir",
                storage.toString(),
                "listeners",
                client + "://" + LOOPBACK + own.client() + "," + controller + "://" + LOOPBACK + own.controller(),
                "advertised.listeners",
                client + "://" + LOOPBACK + own.client(),
                "listener.security.protocol.map",
                client + ":" + clientProtocol + "," + controller + ":PLAINTEXT",
                "inter.broker.listener.name",
                client,
                "controller.listener.names",
                controller,
                "controller.quorum.voters",
                IntStream.rangeClosed(1, ports.size())
                        .mapToObj(id -> id + "@" + LOOPBACK + ports.get(id - 1).controller())
                        .collect(Collectors.joining(",")));
    }

    private static void addDetour(Map<String, String> settings, ClusterPlan.Detour detour) {
        String listener = "," + DETOUR + "://" + LOOPBACK;
        settings.merge("listeners", listener + detour.port(), String::concat);
        settings.merge("advertised.listeners", listener + detour.advertisedPort(), String::concat);
        settings.merge("listener.security.protocol.map", "," + DETOUR + ":PLAINTEXT", String::concat);
    }

    private static Map<String, String> pace() {
        return Map.of(
                // A dead broker is noticed after 4 s rather than 9; four heartbeats fit in between.
                "broker.session.timeout.ms", "4000",
                "broker.heartbeat.interval.ms", "1000",
                // Nobody waits for further members of a group that will not come.
                "group.initial.rebalance.delay.ms", "0",
                // The default of 128 MiB is allocated at once and would be a third of the heap.
                "log.cleaner.dedupe.buffer.size", "4194304",
                "num.recovery.threads.per.data.dir", "1");
    }

    private static Map<String, String> internalTopics(int brokers) {
        String replicas = String.valueOf(Math.min(3, brokers));
        String inSync = String.valueOf(inSync(brokers));
        // Few partitions, because each is a directory with four open files on every broker.
        return Map.of(
                "offsets.topic.num.partitions", "4",
                "offsets.topic.replication.factor", replicas,
                "transaction.state.log.num.partitions", "4",
                "transaction.state.log.replication.factor", replicas,
                "transaction.state.log.min.isr", inSync,
                "share.coordinator.state.topic.num.partitions", "2",
                "share.coordinator.state.topic.replication.factor", replicas,
                "share.coordinator.state.topic.min.isr", inSync);
    }

    private static Map<String, String> safety(int brokers) {
        return Map.of(
                "auto.create.topics.enable",
                "false",
                "unclean.leader.election.enable",
                "false",
                "default.replication.factor",
                String.valueOf(Math.min(3, brokers)),
                "min.insync.replicas",
                String.valueOf(inSync(brokers)));
    }

    /** One broker of three may be away; fewer could not keep anything going without the one that is. */
    private static int inSync(int brokers) {
        return brokers >= 3 ? 2 : 1;
    }
}
