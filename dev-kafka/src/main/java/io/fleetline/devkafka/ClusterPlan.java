package io.fleetline.devkafka;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;

/**
 * What was asked for.
 *
 * @param inProcess whether the only broker runs in this JVM
 * @param brokers how many, at least 1
 * @param firstPort the client port of broker 1, with the others' behind it; empty for free ones
 * @param clientProtocol Kafka's security protocol on the client port
 * @param detours a further listener of each broker, or of none
 * @param properties the user's, over ours
 * @param jvmOptions the user's, after ours, for brokers in processes of their own
 * @param startTimeout until all brokers that are started together must be ready
 */
record ClusterPlan(
        boolean inProcess,
        int brokers,
        OptionalInt firstPort,
        String clientProtocol,
        List<Detour> detours,
        Map<String, String> properties,
        List<String> jvmOptions,
        Duration startTimeout) {

    /** More than anybody needs to see a quorum at work, fewer than what a laptop chokes on. */
    public static final int MAX_BROKERS = 9;

    /** How the client port can be spoken to. */
    public static final List<String> CLIENT_PROTOCOLS = List.of("PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL");

    /** What the cluster cannot work with if it is set otherwise. */
    public static final Set<String> OWN_PROPERTIES = Set.of(
            "process.roles",
            "node.id",
            "broker.id",
            "log.dir",
            "log.dirs",
            "metadata.log.dir",
            "listeners",
            "advertised.listeners",
            "listener.security.protocol.map",
            "inter.broker.listener.name",
            "security.inter.broker.protocol",
            "controller.listener.names",
            "controller.quorum.voters",
            "controller.quorum.bootstrap.servers");

    /**
     * A further listener for clients.
     *
     * @param port where the broker listens
     * @param advertisedPort where clients that came this way are told to find it
     */
    record Detour(int port, int advertisedPort) {}

    public ClusterPlan {
        detours = List.copyOf(detours);
        properties = Map.copyOf(properties);
        jvmOptions = List.copyOf(jvmOptions);
    }
}
