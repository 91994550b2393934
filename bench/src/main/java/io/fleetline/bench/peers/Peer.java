package io.fleetline.bench.peers;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.fleetline.bench.stage.Stage;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Brokers of others that a node is set beside, and how each is started from the configuration file in this package. */
enum Peer {
    MOSQUITTO("mosquitto", "mqtt", "/mqtt", "mosquitto.conf", false, "on Debian: apt-get install mosquitto"),
    HIVEMQ("hivemq", "mqtt", "/mqtt", "hivemq.xml", true, "in the source tree: mvn -f bench/hivemq package"),
    /** On the path /mqtt it would speak MQTT. */
    NATS("nats-server", "nats", "/", "nats.conf", false, "on Debian: apt-get install nats-server");

    /** A system property, which the launcher sets: where HiveMQ was built. */
    private static final String HIVEMQ_DIRECTORY = "fleetline.bench.hivemq";

    private static final List<String> FOLDERS = List.of("/usr/sbin", "/usr/bin", "/usr/local/sbin", "/usr/local/bin");

    /** What its own start script opens to it. */
    private static final List<String> HIVEMQ_OPENS = List.of(
            "--add-opens=java.base/java.lang=ALL-UNNAMED",
            "--add-opens=java.base/java.nio=ALL-UNNAMED",
            "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
            "--add-opens=jdk.management/com.sun.management.internal=ALL-UNNAMED",
            "--add-exports=java.base/jdk.internal.misc=ALL-UNNAMED");

    /** Memory of the heap is touched at the start, so that what the resident set grows by lies outside of it. */
    static final List<String> TOUCHED = List.of("-XX:+AlwaysPreTouch");

    /** What those of Java run with, a node too. */
    static final List<String> JVM =
            Stream.concat(Stage.SIDE_JVM.stream(), TOUCHED.stream()).toList();

    private final String program;
    private final String dialect;
    private final String path;
    private final String config;
    private final boolean java;
    private final String howToInstall;

    Peer(String program, String dialect, String path, String config, boolean java, String howToInstall) {
        this.program = program;
        this.dialect = dialect;
        this.path = path;
        this.config = config;
        this.java = java;
        this.howToInstall = howToInstall;
    }

    /** What it is called. */
    String program() {
        return program;
    }

    /** What its clients speak, as {@link PeerLoadRole} names it. */
    String dialect() {
        return dialect;
    }

    /** Where on its port it speaks that. */
    String path() {
        return path;
    }

    /** Whether it has a heap that can be looked at. */
    boolean isJava() {
        return java;
    }

    /** What to do to have it. */
    String howToInstall() {
        return howToInstall;
    }

    /** Where its program lies, or the directory with its jars; empty if it is not installed. */
    Optional<Path> installed() {
        if (this == HIVEMQ) {
            Path directory = Path.of(System.getProperty(HIVEMQ_DIRECTORY, ""));
            return Optional.of(directory).filter(path -> Files.exists(path.resolve("hivemq.jar")));
        }
        return FOLDERS.stream()
                .map(folder -> Path.of(folder, program))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** Fills in its configuration, and gives the command that starts it with that. */
    List<String> command(Path installed, Path directory, Map<String, String> values) throws IOException {
        if (this == HIVEMQ) {
            Path home = directory.resolve(program);
            configure(Files.createDirectories(home.resolve("conf")).resolve("config.xml"), values);
            List<String> command = new ArrayList<>();
            command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
            command.addAll(JVM);
            command.addAll(HIVEMQ_OPENS);
            command.addAll(List.of(
                    "-cp",
                    installed.resolve("hivemq.jar") + File.pathSeparator + installed.resolve("dependency") + "/*",
                    "io.fleetline.bench.hivemq.HiveMqBroker",
                    home.toString()));
            return command;
        }
        Path file = directory.resolve(config);
        configure(file, values);
        return List.of(installed.toString(), "-c", file.toString());
    }

    private void configure(Path file, Map<String, String> values) throws IOException {
        String text;
        try (InputStream in = Peer.class.getResourceAsStream(config)) {
            if (in == null) {
                throw new IOException(config + " is missing from the jar");
            }
            text = new String(in.readAllBytes(), UTF_8);
        }
        for (Map.Entry<String, String> value : values.entrySet()) {
            text = text.replace("{" + value.getKey() + "}", value.getValue());
        }
        Files.writeString(file, text);
    }
}
