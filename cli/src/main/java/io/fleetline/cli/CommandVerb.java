package io.fleetline.cli;

import io.fleetline.backend.CommandOutcome;
import io.fleetline.backend.CommandRequest;
import io.fleetline.backend.CommandSender;
import io.fleetline.backend.CommandTimeoutException;
import io.fleetline.backend.SentCommand;
import io.fleetline.cli.terminal.CliFailure;
import io.fleetline.cli.terminal.ExitCode;
import io.fleetline.cli.terminal.SystemTime;
import io.fleetline.protocol.CommandState;
import io.fleetline.protocol.DeviceId;
import io.fleetline.protocol.Payload;
import io.fleetline.protocol.cbor.BodyCodec;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Sends a command and shows how it ended. */
@Command(
        name = "command",
        description = {
            "Send a command to a device and show how it ended, as JSON on one line.",
            "Exit code 0 if it succeeded, 4 if it did not or never will, 5 if nothing was heard in time."
        })
final class CommandVerb implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private KafkaTarget kafka = new KafkaTarget();

    @Parameters(
            index = "0",
            paramLabel = "TENANT/DEVICE",
            converter = DeviceIdConverter.class,
            description = "Which device.")
    private @Nullable DeviceId device;

    @Parameters(index = "1", paramLabel = "NAME", description = "What it is to do.")
    private @Nullable String name;

    @Parameters(index = "2", paramLabel = "JSON", arity = "0..1", description = "The command's argument.")
    private @Nullable String json;

    @Option(
            names = "--wait",
            paramLabel = "TIME",
            defaultValue = "10s",
            converter = DurationConverter.class,
            description = "How long to wait for the outcome. Default: ${DEFAULT-VALUE}.")
    private Duration wait = Duration.ofSeconds(10);

    @Option(
            names = "--valid",
            paramLabel = "TIME",
            defaultValue = "1h",
            converter = DurationConverter.class,
            description = "How long the device may still begin it, at most 168h; it waits for a device that is offline."
                    + " Default: ${DEFAULT-VALUE}.")
    private Duration valid = Duration.ofHours(1);

    @Override
    public Integer call() throws InterruptedException {
        CommandRequest request = request();
        String bootstrap = kafka.bootstrapServers();
        try (CommandSender sender = KafkaTarget.connect(
                bootstrap,
                () -> CommandSender.builder()
                        .bootstrapServers(bootstrap)
                        .kafka(kafka.settings())
                        .build())) {
            long beganNanos = SystemTime.nanoTime();
            SentCommand sent = KafkaTarget.connect(bootstrap, () -> sender.send(request));
            try {
                CommandOutcome outcome = sent.outcome().toCompletableFuture().get();
                Duration took = Duration.ofNanos(SystemTime.nanoTime() - beganNanos);
                spec.commandLine().getOut().println(JsonLines.of(outcome, request.name(), took));
                return outcome.state() == CommandState.SUCCEEDED ? ExitCode.DONE : ExitCode.NOT_SUCCEEDED;
            } catch (ExecutionException e) {
                throw failure(sent, e.getCause() == null ? e : e.getCause());
            }
        }
    }

    private CliFailure failure(SentCommand sent, Throwable cause) {
        return cause instanceof CommandTimeoutException
                ? new CliFailure(
                        ExitCode.NO_ANSWER,
                        "no outcome of command " + sent.id() + " within " + readable(wait) + "; "
                                + sent.device() + " may be offline, and may still run it within " + readable(valid)
                                + " of its sending",
                        cause)
                : new CliFailure("the command was not sent: " + KafkaTarget.reason(cause), cause);
    }

    private CommandRequest request() {
        try {
            Payload body = json == null ? Payload.NULL : BodyCodec.fromJson(json);
            return new CommandRequest(
                    java.util.Objects.requireNonNull(device),
                    java.util.Objects.requireNonNull(name),
                    body,
                    valid,
                    wait,
                    Optional.empty());
        } catch (IllegalArgumentException e) {
            throw new CliFailure(ExitCode.USAGE, String.valueOf(e.getMessage()), e);
        }
    }

    private static String readable(Duration duration) {
        return duration.toString().substring(2).toLowerCase(java.util.Locale.ROOT);
    }
}
