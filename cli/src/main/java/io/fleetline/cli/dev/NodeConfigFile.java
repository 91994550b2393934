package io.fleetline.cli.dev;

import io.fleetline.cli.terminal.CliFailure;
import io.fleetline.cli.terminal.ExitCode;
import io.fleetline.cli.terminal.FileTrouble;
import io.fleetline.ingest.ConfigFile;
import io.fleetline.ingest.IngestConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * The configuration of an instance's node, as a file: it is what the node is started with, in this process or another,
 * and an example for whoever wants to run one alone.
 *
 * @param file where it lies
 * @param settings keys that are set beside it, {@code key=value}; they win over the file
 */
record NodeConfigFile(Path file, List<String> settings) {
    /** As many copies of each record as there are brokers, but not more than this; one of them may be missing. */
    private static final int MOST_COPIES = 3;

    /** Few, so that a start is quick; enough that devices share them. */
    private static final int PARTITIONS = 4;

    /** Writes the configuration of one node. */
    static NodeConfigFile write(
            Path directory, int number, int port, String bootstrap, int brokers, DevAuthority authority) {
        int replication = Math.min(MOST_COPIES, brokers);
        Path file = directory.resolve("node-" + number + ".yaml");
        String yaml = """
                # Written by `fleetline dev` at each start; `fleetline server --config` takes it too.
                # No limits for single devices and addresses, and Kafka on one machine: never for production.
                node: dev-%d
                listener:
                  host: 127.0.0.1
                  port: %d
                  tls:
                    certificates: %s
                    key: %s
                  connectionsPerSource: 0
                  acceptsPerSecond: 0
                  badCredentialsPerDevice: 0
                  badCredentialsPerSource: 0
                  connectsPerDevice: 0
                limits:
                  eventsPerSecond: 0
                  bytesPerSecond: 0
                kafka:
                  bootstrapServers: %s
                  partitions: %d
                  replication: %d
                  minInsyncReplicas: %d
                  acceptLowDurability: true
                drainTime: 500ms
                """.formatted(
                        number,
                        port,
                        quoted(authority.serverChain().toString()),
                        quoted(authority.serverKey().toString()),
                        quoted(bootstrap),
                        PARTITIONS,
                        replication,
                        Math.max(1, replication - 1));
        try {
            PrivateFile.writeReadable(file, yaml);
        } catch (IOException e) {
            throw new CliFailure("cannot write " + file + ": " + FileTrouble.describe(e), e);
        }
        return new NodeConfigFile(file, List.of());
    }

    NodeConfigFile {
        settings = List.copyOf(settings);
    }

    /** The same with these settings. */
    NodeConfigFile with(List<String> others) {
        return new NodeConfigFile(file, others);
    }

    /**
     * What it says.
     *
     * @throws CliFailure if a setting is none or is out of its range; it says which
     */
    IngestConfig read() {
        try {
            return ConfigFile.of(file, Map.of(), settings).read();
        } catch (IllegalArgumentException e) {
            throw new CliFailure(ExitCode.USAGE, String.valueOf(e.getMessage()), e);
        }
    }

    /** A YAML text that is safe whatever is in it: in single quotes, where only these need care. */
    private static String quoted(String text) {
        return "'" + text.replace("'", "''") + "'";
    }
}
