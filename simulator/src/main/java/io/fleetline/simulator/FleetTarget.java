package io.fleetline.simulator;

import io.fleetline.protocol.DeviceId;
import java.net.URI;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The system that a fleet is let loose on.
 *
 * @param endpoints where nodes listen, at least one
 * @param authority the certificates to trust, PEM; if empty, those that the JDK trusts
 * @param secrets the secret of each device
 * @param tokenKey signs the tokens of devices that show tokens; empty if there are none
 * @param kafka where Kafka is and how to speak to it: settings of Kafka's clients, {@code bootstrap.servers} among them
 * @param topics what they are called
 */
public record FleetTarget(
        List<URI> endpoints,
        Optional<Path> authority,
        Map<DeviceId, String> secrets,
        Optional<TokenKey> tokenKey,
        Map<String, String> kafka,
        TopicSet topics) {
    /**
     * The topics that a run has to do with.
     *
     * @param events all events and gaps
     * @param exact each event once and in order; empty if there is none to compare
     * @param commands commands
     * @param updates what became of them
     */
    public record TopicSet(String events, Optional<String> exact, String commands, String updates) {}

    /**
     * A key that nodes know as one of the devices' own.
     *
     * @param id what the registry calls it
     * @param audience for whom tokens are, as nodes are configured
     * @param key on P-256
     */
    public record TokenKey(String id, String audience, PrivateKey key) {
        /** Without the key. */
        @Override
        public String toString() {
            return "TokenKey[" + id + ", " + audience + "]";
        }
    }

    /** Keeps its own copies. */
    public FleetTarget {
        endpoints = List.copyOf(endpoints);
        secrets = Map.copyOf(secrets);
        kafka = Map.copyOf(kafka);
        if (endpoints.isEmpty()) {
            throw new IllegalArgumentException("no node is named");
        }
    }

    /** Without secrets: this text may reach a log. */
    @Override
    public String toString() {
        return "FleetTarget[" + endpoints + ", " + topics + "]";
    }
}
