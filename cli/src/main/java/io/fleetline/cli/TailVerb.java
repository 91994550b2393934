package io.fleetline.cli;

import io.fleetline.backend.Delivery;
import io.fleetline.backend.Event;
import io.fleetline.backend.EventBatch;
import io.fleetline.backend.EventReader;
import io.fleetline.backend.Gap;
import io.fleetline.backend.ReadPositionGoneException;
import io.fleetline.backend.StartAt;
import io.fleetline.backend.Stranger;
import io.fleetline.backend.UnknownRecordVersionException;
import io.fleetline.cli.terminal.CliFailure;
import io.fleetline.cli.terminal.ExitCode;
import io.fleetline.protocol.DeviceId;
import io.fleetline.protocol.RecordHeaders;
import io.fleetline.protocol.Topics;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Shows events as they come. */
@Command(
        name = "tail",
        description = {
            "Show events as they come, each once and in the order of its lane, as JSON on one line.",
            "latencyMs is the time from when it happened, by the device's clock, to when a node wrote it to Kafka."
        })
final class TailVerb implements Callable<Integer> {
    private static final Duration POLL = Duration.ofMillis(500);

    /** Where to begin. */
    enum From {
        /** At the first record that Kafka still has. */
        earliest,
        /** With what comes from now on. */
        latest
    }

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private KafkaTarget kafka = new KafkaTarget();

    @Option(
            names = "--device",
            paramLabel = "TENANT/DEVICE",
            converter = DeviceIdConverter.class,
            description = "Only events of this device.")
    private @Nullable DeviceId device;

    @Option(
            names = "--channel",
            paramLabel = "CHANNEL",
            description = "Only events on this channel; with a * at its end, on all that begin so.")
    private @Nullable String channel;

    @Option(
            names = "--from",
            paramLabel = "WHERE",
            defaultValue = "latest",
            description = "Where to begin: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
    private From from = From.latest;

    @Option(names = "--count", paramLabel = "N", description = "End after this many lines.")
    private @Nullable Long count;

    @Option(names = "--gaps", description = "Show too which numbers devices gave up, and why.")
    private boolean gaps;

    @Option(
            names = "--topic",
            paramLabel = "NAME",
            defaultValue = Topics.EVENTS,
            description = "The topic to read. Default: ${DEFAULT-VALUE}.")
    private String topic = Topics.EVENTS;

    @Override
    public Integer call() {
        String bootstrap = kafka.bootstrapServers();
        try (EventReader reader = KafkaTarget.connect(
                bootstrap,
                () -> EventReader.builder()
                        .bootstrapServers(bootstrap)
                        .kafka(kafka.settings())
                        .topics(topic)
                        .startAt(from == From.earliest ? StartAt.earliest() : StartAt.latest())
                        .gaps(gaps)
                        .build())) {
            show(reader);
            return ExitCode.DONE;
        } catch (ReadPositionGoneException | UnknownRecordVersionException e) {
            throw new CliFailure(String.valueOf(e.getMessage()), e);
        } catch (KafkaException e) {
            throw new CliFailure("Kafka at " + bootstrap + " cannot be read any more: " + KafkaTarget.reason(e), e);
        }
    }

    private void show(EventReader reader) {
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        long left = count == null ? Long.MAX_VALUE : count;
        // A reader that stopped listening, such as head, is no reason to go on, and none to complain.
        while (left > 0 && !out.checkError()) {
            EventBatch batch = reader.poll(POLL);
            for (Delivery delivery : batch.deliveries()) {
                if (left > 0 && isWanted(delivery)) {
                    left--;
                    out.print(line(delivery));
                    out.print('\n');
                }
            }
            out.flush();
            batch.alarms().stream()
                    .filter(alarm -> device == null || device.equals(alarm.device()))
                    .forEach(alarm -> err.println("fleetline: " + alarm.message()));
        }
    }

    private static String line(Delivery delivery) {
        if (delivery instanceof Stranger stranger) {
            return JsonLines.of(stranger);
        }
        return delivery instanceof Gap gap ? JsonLines.of(gap) : JsonLines.of((Event) delivery);
    }

    private boolean isWanted(Delivery delivery) {
        if (delivery instanceof Event event) {
            return (device == null || device.equals(event.device())) && isWanted(event.channel());
        }
        if (delivery instanceof Stranger stranger) {
            return (device == null || stranger.device().equals(Optional.of(device)))
                    && isWanted(stranger.header(RecordHeaders.CHANNEL).orElse(""));
        }
        return delivery instanceof Gap gap && channel == null && (device == null || device.equals(gap.device()));
    }

    private boolean isWanted(String name) {
        if (channel == null) {
            return true;
        }
        return channel.endsWith("*")
                ? name.startsWith(channel.substring(0, channel.length() - 1))
                : name.equals(channel);
    }
}
