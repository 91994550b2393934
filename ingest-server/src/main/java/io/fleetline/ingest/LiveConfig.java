package io.fleetline.ingest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fleetline.ingest.jetty.ListenerConfig;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What a node goes by: the configuration that it was started with, and of a later one what can change while it runs.
 *
 * @param current what the node goes by now
 * @param changed the keys whose values it has taken over
 * @param waiting the keys whose values it takes over only when it is started again
 */
record LiveConfig(IngestConfig current, List<String> changed, List<String> waiting) {
    /** Below these, everything but what is named in {@link #FIXED}. */
    private static final Set<String> LIVE = Set.of("limits.", "log.", "listener.");

    /** Where the node listens, and the sizes for which Kafka's topics and clients are set up. */
    private static final Set<String> FIXED = Set.of(
            "listener.host",
            "listener.port",
            "listener.tls",
            "listener.tls.certificates",
            "listener.tls.key",
            "listener.tls.allowTls12",
            "listener.proxy.trusted",
            "listener.proxy.address",
            "listener.proxy.certificate",
            "limits.maxFrameBytes",
            "limits.maxItemBytes",
            "limits.tenants.maxFrameBytes",
            "limits.tenants.maxItemBytes",
            "log.format");

    /** Of a node that goes by one and is to go by another. */
    static LiveConfig of(IngestConfig current, IngestConfig wanted) {
        Map<String, JsonNode> before = leaves(current);
        Map<String, JsonNode> after = leaves(wanted);
        Set<String> keys = new TreeSet<>(before.keySet());
        keys.addAll(after.keySet());
        keys.removeIf(key -> Objects.equals(before.get(key), after.get(key)));
        ListenerConfig there = current.listener();
        return new LiveConfig(
                current.withLimits(wanted.limits().withSizesOf(current.limits()))
                        .withListener(
                                wanted.listener().withProxy(there.proxy()).at(there.host(), there.port(), there.tls()))
                        .withLog(new LogConfig(
                                current.log().format(),
                                wanted.log().level(),
                                wanted.log().libraries(),
                                wanted.log().levels())),
                keys.stream().filter(LiveConfig::isLive).toList(),
                keys.stream().filter(key -> !isLive(key)).toList());
    }

    private static boolean isLive(String key) {
        return LIVE.stream().anyMatch(key::startsWith) && !FIXED.contains(key);
    }

    private static Map<String, JsonNode> leaves(IngestConfig config) {
        Map<String, JsonNode> leaves = new TreeMap<>();
        collect("", ConfigMapping.mapper().valueToTree(config), leaves);
        return leaves;
    }

    private static void collect(String path, JsonNode node, Map<String, JsonNode> into) {
        if (node instanceof ObjectNode object) {
            object.properties()
                    .forEach(field -> collect(
                            path.isEmpty() ? field.getKey() : path + "." + field.getKey(), field.getValue(), into));
        } else {
            into.put(path, node);
        }
    }
}
