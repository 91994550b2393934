package io.fleetline.cli.simulate;

import io.fleetline.cli.dev.DevSystem;
import io.fleetline.cli.dev.StateDirectory;
import io.fleetline.cli.terminal.CliFailure;
import io.fleetline.cli.terminal.ExitCode;
import io.fleetline.cli.terminal.FileTrouble;
import io.fleetline.cli.terminal.LiveLine;
import io.fleetline.devkafka.DevKafka;
import io.fleetline.simulator.FleetProof;
import io.fleetline.simulator.RunDirectory;
import io.fleetline.simulator.report.ResultJson;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.kafka.common.KafkaException;

/** Compares a run that is over with Kafka. */
public final class Proving {
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private final LiveLine line;
    private final boolean json;
    private final LongSupplier nanoTime;

    /**
     * @param line where it tells what came out
     * @param json whether it tells it to programs, in the form that {@code result.json} has under {@code proof}
     */
    public Proving(LiveLine line, boolean json, LongSupplier nanoTime) {
        this.line = line;
        this.json = json;
        this.nanoTime = nanoTime;
    }

    /**
     * Compares it, and tells what came out.
     *
     * @param path the run's directory
     * @param elsewhere where Kafka is, for a run that had none of its own
     * @return the exit code
     * @throws CliFailure if that cannot be done; it says why
     */
    public int prove(Path path, Supplier<Map<String, String>> elsewhere) {
        try {
            RunDirectory directory = RunDirectory.of(path);
            int brokers = directory.facts().ownBrokers();
            if (brokers == 0) {
                return conclude(directory, elsewhere.get());
            }
            try (StateDirectory state = StateDirectory.hold(directory.system(), false);
                    DevKafka kafka = DevSystem.kafkaOf(state, brokers, true)) {
                return conclude(directory, Map.of("bootstrap.servers", kafka.bootstrapServers()));
            }
        } catch (NoSuchFileException e) {
            throw new CliFailure(path + " is not the directory of a run: " + e.getFile() + " does not exist", e);
        } catch (IOException e) {
            throw new CliFailure("the run's files cannot be read: " + FileTrouble.describe(e), e);
        } catch (TimeoutException | KafkaException e) {
            throw new CliFailure("what is in Kafka was not compared with the journal: " + e.getMessage(), e);
        }
    }

    private int conclude(RunDirectory directory, Map<String, String> kafka) throws IOException, TimeoutException {
        FleetProof proof = FleetProof.of(directory, kafka, nanoTime, PATIENCE);
        Conclusion conclusion = new Conclusion(line);
        if (json) {
            line.say(ResultJson.text(proof).stripTrailing());
            return Conclusion.exitCode(proof);
        }
        int exitCode = conclusion.tell(proof);
        if (exitCode == ExitCode.DONE) {
            conclusion.tellDevices(proof);
        }
        return exitCode;
    }
}
