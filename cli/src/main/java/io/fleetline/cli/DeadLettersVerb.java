package io.fleetline.cli;

import io.fleetline.cli.deadletters.DeadLetter;
import io.fleetline.cli.deadletters.DeadLetterReading;
import io.fleetline.cli.deadletters.Replay;
import io.fleetline.cli.terminal.CliFailure;
import io.fleetline.cli.terminal.ExitCode;
import io.fleetline.protocol.Topics;
import java.io.PrintWriter;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Shows what nodes rejected, and brings it back among the events. */
@Command(
        name = "dead-letters",
        description = "Show what nodes rejected and why, or bring it back among the events.",
        synopsisSubcommandLabel = "(list | replay)",
        subcommands = {DeadLettersVerb.ListThem.class, DeadLettersVerb.ReplayThem.class})
final class DeadLettersVerb implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "dead-letters needs 'list' or 'replay'");
    }

    /** Shows them. */
    @Command(
            name = "list",
            description = {
                "Show the dead letters that there are, as JSON on one line each: which letter it is, from which device, why it"
                        + " was rejected, and faultAt, the byte of the body at which the fault is."
            })
    static final class ListThem implements Callable<Integer> {
        @Spec
        private CommandSpec spec = CommandSpec.create();

        @Mixin
        private KafkaTarget kafka = new KafkaTarget();

        @Mixin
        private LetterChoice choice = new LetterChoice();

        @Option(names = "--count", paramLabel = "N", description = "End after this many.")
        private @Nullable Long count;

        @Option(
                names = "--body",
                description =
                        "Show the body too, as JSON; text that is not UTF-8 and keys that came twice are mended in it.")
        private boolean body;

        @Override
        public Integer call() {
            PrintWriter out = spec.commandLine().getOut();
            long[] left = {count == null ? Long.MAX_VALUE : count};
            read(kafka, choice, letter -> {
                out.print(JsonLines.of(letter, body) + "\n");
                left[0]--;
                return left[0] > 0 && !out.checkError();
            });
            out.flush();
            return ExitCode.DONE;
        }
    }

    /** Brings them back. */
    @Command(
            name = "replay",
            description = {
                "Write dead letters to the events topic, with the header replay-of and without a place in their device's stream:"
                        + " readers get each as a record that belongs to no stream.",
                "What is replayed twice is there twice. Say with --device, --code or --letter which ones, or --all."
            })
    static final class ReplayThem implements Callable<Integer> {
        @Spec
        private CommandSpec spec = CommandSpec.create();

        @Mixin
        private KafkaTarget kafka = new KafkaTarget();

        @Mixin
        private LetterChoice choice = new LetterChoice();

        @Option(names = "--all", description = "All that there are.")
        private boolean all;

        @Option(
                names = "--to",
                paramLabel = "NAME",
                defaultValue = Topics.EVENTS,
                description = "The topic to write to. Default: ${DEFAULT-VALUE}.")
        private String to = Topics.EVENTS;

        @Option(
                names = "--json",
                description = "Write bodies as JSON, with text that is not UTF-8 and keys that came twice mended.")
        private boolean json;

        @Option(names = "--dry-run", description = "Only show which ones it would be.")
        private boolean dryRun;

        @Override
        public Integer call() throws InterruptedException {
            if (all == choice.isNarrowed()) {
                throw new ParameterException(
                        spec.commandLine(), "say which letters to replay: --device, --code or --letter, or else --all");
            }
            String bootstrap = kafka.bootstrapServers();
            try (Replay replay = KafkaTarget.connect(bootstrap, () -> new Replay(kafka.clientSettings(), to, json))) {
                Counts counts = new Counts();
                Set<DeadLetter.Place> unseen = choice.named();
                read(kafka, choice, letter -> {
                    unseen.remove(letter.place());
                    replay(replay, letter, counts);
                    return true;
                });
                CommandLine line = spec.commandLine();
                for (DeadLetter.Place place : unseen) {
                    counts.failed++;
                    line.getErr()
                            .println("fleetline: letter " + place
                                    + " is not (or no more) there, or not of that device or code");
                }
                line.getErr()
                        .println("fleetline: " + counts.replayed + (dryRun ? " would be replayed" : " replayed") + ", "
                                + counts.failed + " not");
                return counts.failed == 0 ? ExitCode.DONE : ExitCode.FAILED;
            }
        }

        private void replay(Replay replay, DeadLetter letter, Counts counts) {
            PrintWriter out = spec.commandLine().getOut();
            if (dryRun) {
                out.println(JsonLines.of(letter, false));
                counts.replayed++;
                return;
            }
            try {
                RecordMetadata now = replay.replay(letter);
                out.println(JsonLines.ofReplay(letter, now.topic(), now.partition(), now.offset()));
                counts.replayed++;
            } catch (IllegalArgumentException | ExecutionException e) {
                counts.failed++;
                spec.commandLine()
                        .getErr()
                        .println("fleetline: letter " + letter.place() + " was not replayed: " + KafkaTarget.reason(e));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new CliFailure("interrupted after " + counts.replayed + " were replayed", e);
            }
        }

        private static final class Counts {
            private int replayed;
            private int failed;
        }
    }

    private static void read(KafkaTarget kafka, LetterChoice choice, DeadLetterReading.Taker taker) {
        String bootstrap = kafka.bootstrapServers();
        try (DeadLetterReading reading =
                KafkaTarget.connect(bootstrap, () -> new DeadLetterReading(kafka.clientSettings(), choice.topic()))) {
            reading.read(choice::isMeant, taker);
        } catch (KafkaException e) {
            throw new CliFailure("Kafka at " + bootstrap + " cannot be read any more: " + KafkaTarget.reason(e), e);
        }
    }
}
