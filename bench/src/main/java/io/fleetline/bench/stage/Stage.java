package io.fleetline.bench.stage;

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
    /** For an answer that nothing is measured by. */
    public static final Duration PATIENCE = Duration.ofMinutes(3);

    /** As Kafka's own start script has it. */
    private static final List<String> BROKER_JVM = List.of(
            "-Xms1g", "-Xmx1g", "-XX:+UseG1GC", "-XX:MaxGCPauseMillis=20", "-XX:InitiatingHeapOccupancyPercent=35");

    /** The cheapest collector on few cores, the same for all that are compared. */
    public static final List<String> SIDE_JVM = List.of("-Xms1g", "-Xmx1g", "-XX:+UseParallelGC");

    /** What the JVMs run with, for the report. */
    public static final String JVM = String.join(" ", SIDE_JVM) + "; broker " + String.join(" ", BROKER_JVM);

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
        this.broker = start("broker", BrokerRole.class, BROKER_JVM, List.of());
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
        /** Where devices connect. */
        public String url() {
            return answer.path("url").asText();
        }

        /** The devices that are registered, as {@code {id, secret}}. */
        public List<JsonNode> devices() {
            List<JsonNode> devices = new ArrayList<>();
            answer.path("devices").forEach(devices::add);
            return devices;
        }

        /** The topic of events. */
        public String topic() {
            return answer.path("topic").asText();
        }

        /** The topic of commands. */
        public String commandsTopic() {
            return answer.path("commands").asText();
        }

        /** How many partitions each has. */
        public int partitions() {
            return answer.path("partitions").asInt();
        }

        /** Which of its settings are not as they come, as {@code name=value}. */
        public List<String> differences() {
            List<String> differences = new ArrayList<>();
            answer.path("differences").forEach(difference -> differences.add(difference.asText()));
            return differences;
        }

        /** The settings of its producer. */
        public Map<String, String> settings() {
            return new ObjectMapper().convertValue(answer.path("settings"), SETTINGS);
        }
    }

    /**
     * A bare Jetty server that has started.
     *
     * @param process its process
     * @param url where clients connect
     */
    public record Bare(ChildJvm process, String url) {}

    /** What devices have to trust, as PEM. */
    public Path trust() {
        return certificate.certificate();
    }

    /** The private key that goes with it, as PEM. */
    public Path key() {
        return certificate.key();
    }

    /** Both, as PKCS #12. */
    public Path store() {
        return certificate.store();
    }

    /** The password of that file and of the key in it. */
    public String storePassword() {
        return certificate.password();
    }

    /** The broker's process. */
    public ChildJvm broker() {
        return broker;
    }

    /** Where the broker is. */
    public String bootstrap() {
        return bootstrap;
    }

    /** Starts a node. */
    public Node node(String name, NodeOptions options) throws Exception {
        ChildJvm node = start(name, NodeRole.class, SIDE_JVM, options.jvm());
        Map<String, Object> arguments = new LinkedHashMap<>();
        arguments.put("bootstrap", bootstrap);
        arguments.put("certificate", certificate.certificate().toString());
        arguments.put("key", certificate.key().toString());
        arguments.put("devices", options.devices());
        arguments.put("prefix", options.prefix());
        arguments.put("values", options.values());
        arguments.put("headers", options.headers());
        arguments.put("admission", options.admission());
        arguments.put("heartbeatMillis", options.heartbeat().toMillis());
        return new Node(node, node.ask("start", arguments, PATIENCE));
    }

    /**
     * Starts a bare Jetty server, with the node's certificate and otherwise the same options.
     *
     * @param jvm further options for its virtual machine
     */
    public Bare bare(String name, List<String> jvm) throws Exception {
        ChildJvm bare = start(name, BareServerRole.class, SIDE_JVM, jvm);
        Map<String, String> arguments =
                Map.of("store", certificate.store().toString(), "password", certificate.password());
        return new Bare(bare, bare.ask("start", arguments, PATIENCE).path("url").asText());
    }

    /** Makes a topic. */
    public void topic(String name, int partitions) throws Exception {
        broker.ask("topic", Map.of("name", name, "partitions", partitions), PATIENCE);
    }

    /** Starts a process as all sides are started. */
    public ChildJvm side(String name, Class<? extends Role> role, String... more) throws IOException {
        return start(name, role, SIDE_JVM, List.of(more));
    }

    /** The same, for work that other machines would do: it takes of the processor what all others leave. */
    public ChildJvm elsewhere(String name, Class<? extends Role> role) throws IOException {
        progress.say("starting " + name);
        return workspace.startNicely(name, role, options(SIDE_JVM, List.of()));
    }

    private ChildJvm start(String name, Class<? extends Role> role, List<String> jvm, List<String> more)
            throws IOException {
        progress.say("starting " + name);
        return workspace.start(name, role, options(jvm, more));
    }

    private static List<String> options(List<String> jvm, List<String> more) {
        List<String> options = new ArrayList<>(jvm);
        options.addAll(more);
        if (Runtime.version().feature() >= UNSAFE_WARNS_SINCE) {
            options.add("--sun-misc-unsafe-memory-access=allow");
        }
        return options;
    }
}
