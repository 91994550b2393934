package io.fleetline.bench.ingest;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fleetline.bench.child.ChildJvm;
import io.fleetline.bench.child.Role;
import io.fleetline.bench.child.Workspace;
import io.fleetline.bench.measure.Progress;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Starts the processes that measurements of the node have in common, each with the same options. */
public final class Stage {
    static final int DEVICES = 50;
    /** What a device keeps in flight: 20 frames, and within the window that every node grants. */
    static final int WINDOW = 1_000;

    static final int ITEMS_PER_FRAME = 50;
    static final int BODY_BYTES = 100;
    /** How long a process may take for what it is asked. */
    public static final Duration PATIENCE = Duration.ofMinutes(3);

    /** As Kafka's own start script has it. */
    private static final List<String> BROKER_JVM = List.of(
            "-Xms1g", "-Xmx1g", "-XX:+UseG1GC", "-XX:MaxGCPauseMillis=20", "-XX:InitiatingHeapOccupancyPercent=35");

    /** The cheapest collector on few cores, the same for all that are compared. */
    private static final List<String> SIDE_JVM = List.of("-Xms1g", "-Xmx1g", "-XX:+UseParallelGC");

    /** What the JVMs run with, for the report. */
    static final String JVM = String.join(" ", SIDE_JVM) + "; broker " + String.join(" ", BROKER_JVM);

    /** Where {@code Unsafe}, which Kafka's clients use, is warned of. */
    private static final int UNSAFE_WARNS_SINCE = 23;

    private static final TypeReference<Map<String, String>> SETTINGS = new TypeReference<>() {};

    private final Workspace workspace;
    private final Progress progress;
    private final NodeCertificate certificate;
    private final ChildJvm broker;
    private final String bootstrap;

    /** Starts the broker. */
    public Stage(Workspace workspace, Progress progress) throws Exception {
        this.workspace = workspace;
        this.progress = progress;
        this.certificate = NodeCertificate.in(workspace.directory());
        this.broker = start("broker", BrokerRole.class, BROKER_JVM);
        String directory = workspace.directory().resolve("kafka").toString();
        this.bootstrap = broker.ask("start", Map.of("directory", directory), PATIENCE)
                .path("bootstrap")
                .asText();
    }

    /**
     * A node that has started.
     *
     * @param process its process
     * @param answer what it said
     */
    public record Node(ChildJvm process, JsonNode answer) {
        /** The topic of events. */
        public String topic() {
            return answer.path("topic").asText();
        }

        /** How many partitions it has. */
        public int partitions() {
            return answer.path("partitions").asInt();
        }

        /** The settings of its producer. */
        public Map<String, String> settings() {
            return new ObjectMapper().convertValue(answer.path("settings"), SETTINGS);
        }
    }

    /**
     * Devices that are connected.
     *
     * @param process their process
     * @param tls what was negotiated, for the report
     */
    record Load(ChildJvm process, String tls) {}

    /** What devices have to trust, as PEM. */
    public Path trust() {
        return certificate.certificate();
    }

    /** The private key that goes with it, as PEM. */
    public Path key() {
        return certificate.key();
    }

    /** The broker's process. */
    public ChildJvm broker() {
        return broker;
    }

    /** Where the broker is. */
    public String bootstrap() {
        return bootstrap;
    }

    /** Starts a node with topics of its own, whose records look like this. */
    public Node node(String name, String prefix, String values, String headers) throws Exception {
        return node(name, prefix, values, headers, DEVICES);
    }

    /** The same, with so many devices registered. */
    public Node node(String name, String prefix, String values, String headers, int devices) throws Exception {
        ChildJvm node = start(name, NodeRole.class, SIDE_JVM);
        Map<String, Object> arguments = new LinkedHashMap<>();
        arguments.put("bootstrap", bootstrap);
        arguments.put("certificate", certificate.certificate().toString());
        arguments.put("key", certificate.key().toString());
        arguments.put("devices", devices);
        arguments.put("prefix", prefix);
        arguments.put("values", values);
        arguments.put("headers", headers);
        return new Node(node, node.ask("start", arguments, PATIENCE));
    }

    /** Connects its devices to a node. */
    Load load(String name, Node node, int itemsPerFrame) throws Exception {
        ChildJvm load = start(name, LoadRole.class, SIDE_JVM);
        JsonNode connected = load.ask(
                "connect",
                Map.of(
                        "url",
                        node.answer().path("url").asText(),
                        "trust",
                        certificate.certificate().toString(),
                        "devices",
                        node.answer().path("devices"),
                        "window",
                        WINDOW,
                        "items",
                        itemsPerFrame),
                PATIENCE);
        return new Load(load, connected.path("tls").asText());
    }

    /** Makes a topic. */
    void topic(String name, int partitions) throws Exception {
        broker.ask("topic", Map.of("name", name, "partitions", partitions), PATIENCE);
    }

    /** Starts a process as all sides are started. */
    public ChildJvm side(String name, Class<? extends Role> role, String... more) throws IOException {
        List<String> options = new ArrayList<>(SIDE_JVM);
        options.addAll(List.of(more));
        return start(name, role, options);
    }

    private ChildJvm start(String name, Class<? extends Role> role, List<String> jvm) throws IOException {
        progress.say("starting " + name);
        List<String> options = new ArrayList<>(jvm);
        if (Runtime.version().feature() >= UNSAFE_WARNS_SINCE) {
            options.add("--sun-misc-unsafe-memory-access=allow");
        }
        return workspace.start(name, role, options);
    }
}
