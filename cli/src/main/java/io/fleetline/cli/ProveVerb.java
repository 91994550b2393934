package io.fleetline.cli;

import io.fleetline.cli.simulate.Proving;
import io.fleetline.cli.terminal.CliFailure;
import io.fleetline.cli.terminal.LiveLine;
import io.fleetline.cli.terminal.SystemTime;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Compares a run of the simulator with Kafka once more. */
@Command(
        name = "prove",
        description = {
            "Compare what the devices of a run noted down with what is in Kafka now.",
            "For a run of 'simulate --dev', its own Kafka is started for as long as that takes."
        })
final class ProveVerb implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(index = "0", paramLabel = "RUN", description = "The directory of the run.")
    private Path run = Path.of("");

    @Option(
            names = "--json",
            description = "Tell it to programs: what result.json has under 'proof', with counts for each device.")
    private boolean json;

    @Mixin
    private KafkaTarget kafka = new KafkaTarget();

    @Override
    public Integer call() throws CliFailure {
        LiveLine line = new LiveLine(spec.commandLine().getOut(), LiveLine.onTerminal(), SystemTime::nanoTime);
        return new Proving(line, json, SystemTime::nanoTime).prove(run, () -> {
            Map<String, String> settings = new HashMap<>(kafka.settings());
            settings.put("bootstrap.servers", kafka.bootstrapServers());
            return settings;
        });
    }
}
