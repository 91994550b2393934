package io.fleetline.cli;

import io.fleetline.cli.exact.ExactProcess;
import io.fleetline.cli.terminal.CliFailure;
import io.fleetline.cli.terminal.ExitCode;
import io.fleetline.cli.terminal.Interruption;
import io.fleetline.protocol.Topics;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs one instance of the exact stage. */
@Command(
        name = "exact",
        description = {
            "Write the events topic once more, each event once and in order, to the topic of the same name and .exact.",
            "Runs until it is told to end (SIGTERM, Ctrl-C). Several instances share the partitions; each needs a state"
                    + " directory of its own. Prints 'ready' once it is at work; the log goes to standard output, too."
        })
final class ExactVerb implements Callable<Integer> {
    private static final Duration LOOK = Duration.ofMillis(100);
    /** A process that a signal ended has the signal's number beyond this as its exit code. */
    private static final int SIGNALLED = 128;

    private static final Duration GRACE = Duration.ofSeconds(27);

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--bootstrap",
            paramLabel = "HOST:PORT",
            required = true,
            description = "Kafka's bootstrap servers.")
    private String bootstrap = "";

    @Option(
            names = "--state",
            paramLabel = "DIR",
            required = true,
            description = "Where this instance keeps its state; what is lost there is built anew from Kafka.")
    private Path state = Path.of("");

    @Option(
            names = "--topic",
            paramLabel = "NAME",
            defaultValue = Topics.EVENTS,
            split = ",",
            description = "The events topics to read. Default: ${DEFAULT-VALUE}.")
    private List<String> topics = List.of();

    @Option(
            names = "--application",
            paramLabel = "NAME",
            description = "What instances that share the work have in common. Default: fleetline-exact.")
    private @Nullable String application;

    @Option(names = "--gaps", description = "Write too which numbers devices gave up: records without a value.")
    private boolean gaps;

    @Option(names = "--threads", paramLabel = "N", description = "How many threads work on partitions. Default: 2.")
    private @Nullable Integer threads;

    @Option(
            names = "--metrics",
            paramLabel = "HOST:PORT",
            description = "Where to serve /metrics for Prometheus and /health/live, /health/ready.")
    private @Nullable String metrics;

    @Option(
            names = "--skip-deleted",
            description = "Go on behind records that the topic deleted before they were read, instead of refusing to.")
    private boolean skipDeleted;

    @Option(
            names = "--kafka",
            paramLabel = "NAME=VALUE",
            description = "A setting of Kafka Streams or its clients, such as for TLS and SASL; may be repeated.")
    private Map<String, String> kafka = new TreeMap<>();

    @Override
    public Integer call() throws InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        Interruption interruption = Interruption.listen(GRACE);
        int exitCode = ExitCode.FAILED;
        try (ExactProcess stage = ExactProcess.start(settings(), List.of(), out::println)) {
            while (!interruption.isWished() && !stage.awaitEnd(LOOK)) {
                // It says itself what there is to say.
            }
            int ended = stage.end();
            if (ended >= SIGNALLED) {
                throw new CliFailure("the exact stage (process " + stage.pid() + ") was ended by signal "
                        + (ended - SIGNALLED) + ", with what it was at left to be done again");
            }
            exitCode = ended;
        } finally {
            interruption.ended(exitCode);
        }
        return exitCode;
    }

    private List<String> settings() {
        List<String> settings = new ArrayList<>(
                List.of("bootstrap=" + bootstrap, "state=" + state, "topics=" + String.join(",", topics)));
        if (application != null) {
            settings.add("application=" + application);
        }
        if (gaps) {
            settings.add("gaps=true");
        }
        if (threads != null) {
            settings.add("threads=" + threads);
        }
        if (metrics != null) {
            int colon = metrics.lastIndexOf(':');
            if (colon < 1) {
                throw new CliFailure(ExitCode.USAGE, "--metrics is '" + metrics + "', not HOST:PORT", null);
            }
            settings.add("metrics-host=" + metrics.substring(0, colon));
            settings.add("metrics-port=" + metrics.substring(colon + 1));
        }
        if (skipDeleted) {
            settings.add("skip-deleted=true");
        }
        kafka.forEach((name, value) -> settings.add("kafka." + name + "=" + value));
        return settings;
    }
}
