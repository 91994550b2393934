package io.fleetline.cli;

import io.fleetline.cli.terminal.CliFailure;
import io.fleetline.cli.terminal.ExitCode;
import io.fleetline.cli.terminal.Interruption;
import io.fleetline.cli.terminal.Logging;
import io.fleetline.ingest.ConfigFile;
import io.fleetline.ingest.IngestConfig;
import io.fleetline.ingest.IngestServer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs one ingest node. */
@Command(
        name = "server",
        description = {
            "Run one ingest node until it is told to end (SIGTERM, Ctrl-C).",
            "Prints 'ready URL' once devices can connect; the log goes to standard output, too: text on a terminal,",
            "otherwise a JSON object on each line (log.format). Limits, log levels and certificates are taken into use",
            "within 10 s of a change of their files, without a restart."
        })
final class ServerVerb implements Callable<Integer> {
    /** What a node has for its end beyond the time that devices are given to leave. */
    private static final Duration BEYOND_DRAINING = Duration.ofSeconds(10);

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--config", paramLabel = "FILE", required = true, description = "The node's configuration, YAML.")
    private Path config = Path.of("");

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "Set one key, such as listener.port=443; wins over the file and the environment, where"
                    + " FLEETLINE_SERVER_LISTENER_PORT is the same.")
    private List<String> settings = new ArrayList<>();

    @Option(
            names = "--check",
            description =
                    "Only check the configuration and the certificates and keys that it names; exit code 1 says what"
                            + " is wrong with it.")
    private boolean check;

    @Option(names = "--print-config", description = "Only print the whole configuration, secrets masked.")
    private boolean printConfig;

    @Option(
            names = "--until-eof",
            description = "End, too, when standard input ends: for whoever starts nodes and must not leave any behind.")
    private boolean untilEof;

    @Override
    public Integer call() throws InterruptedException {
        ConfigFile file;
        IngestConfig read;
        try {
            file = ConfigFile.of(config, System.getenv(), settings);
            read = file.read();
        } catch (IllegalArgumentException e) {
            throw new CliFailure(String.valueOf(e.getMessage()), e);
        }
        if (printConfig) {
            spec.commandLine().getOut().print(read.toYaml());
        }
        if (check) {
            checkFiles(read);
        }
        if (check || printConfig) {
            return ExitCode.DONE;
        }
        Logging.toStandardOutput(read.log());
        Interruption interruption =
                Interruption.listen(read.unreadyTime().plus(read.drainTime()).plus(BEYOND_DRAINING));
        int exitCode = ExitCode.FAILED;
        try (IngestServer server = start(read)) {
            server.follow(file, now -> Logging.levels(now.log()));
            spec.commandLine().getOut().println("ready " + server.url());
            if (untilEof) {
                watchInput(interruption);
            }
            interruption.await();
            exitCode = ExitCode.DONE;
        } finally {
            interruption.ended(exitCode);
        }
        return exitCode;
    }

    private void checkFiles(IngestConfig of) {
        try {
            IngestServer.check(of)
                    .forEach(doubt -> spec.commandLine().getErr().println("fleetline: warning: " + doubt));
        } catch (IllegalArgumentException e) {
            throw new CliFailure(String.valueOf(e.getMessage()), e);
        }
    }

    private static IngestServer start(IngestConfig config) {
        try {
            return IngestServer.start(config);
        } catch (IllegalStateException | IllegalArgumentException e) {
            throw new CliFailure("the node did not start: " + e.getMessage(), e);
        }
    }

    private static void watchInput(Interruption interruption) {
        Thread watch = new Thread(
                () -> {
                    try {
                        while (System.in.read() >= 0) {
                            // Whatever is said, only the end counts.
                        }
                    } catch (IOException e) {
                        // As good as an end.
                    }
                    interruption.wish();
                },
                "until-eof");
        watch.setDaemon(true);
        watch.start();
    }
}
