package io.fleetline.device.internal.command;

import io.fleetline.device.CommandOption;
import io.fleetline.device.CommandResult;
import io.fleetline.device.DeviceClient;
import io.fleetline.device.OutboxConfig;
import io.fleetline.protocol.DeviceId;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * A device that handles commands until it is killed, and says so on its standard output: {@code ran ID NAME .} before a
 * handler does anything, {@code done ID .} when it is about to answer. Some answer at once, some a while later.
 *
 * <p>Arguments: where the node is, and the directory of the outbox.
 */
final class CommandedProcess {
    private CommandedProcess() {}

    public static void main(String[] arguments) throws Exception {
        PrintStream journal =
                new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.US_ASCII);
        DeviceClient client = DeviceClient.builder()
                .endpoint(URI.create(arguments[0]))
                .identity(DeviceId.parse("acme/valve-1"))
                .secret("not checked here")
                .outbox(OutboxConfig.durable(Path.of(arguments[1])))
                .onCommandAsync("once", command -> {
                    journal.println("ran " + command.id() + " once .");
                    int number = Integer.parseInt(command.id().substring(1));
                    Executor later = CompletableFuture.delayedExecutor(number % 40, TimeUnit.MILLISECONDS);
                    return CompletableFuture.supplyAsync(() -> answer(journal, command.id()), later);
                })
                .onCommand(
                        "again",
                        command -> {
                            journal.println("ran " + command.id() + " again .");
                            return answer(journal, command.id());
                        },
                        CommandOption.IDEMPOTENT)
                .build()
                .start();
        System.in.read(); // whoever started this is gone when standard input ends
        client.close();
    }

    private static CommandResult answer(PrintStream journal, String id) {
        journal.println("done " + id + " .");
        return CommandResult.done(Map.of("of", id));
    }
}
