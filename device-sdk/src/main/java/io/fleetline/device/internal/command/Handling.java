package io.fleetline.device.internal.command;

import io.fleetline.protocol.Payload;
import io.fleetline.protocol.ServerFrame;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * How the commands of one name are handled.
 *
 * @param idempotent whether running one twice does no harm
 * @param code the application's, run on its executor
 */
public record Handling(boolean idempotent, Code code) {
    /** What a handler answers. */
    public record Result(boolean succeeded, Payload body) {}

    /** The application's code. */
    @FunctionalInterface
    public interface Code {
        /**
         * Begins to handle a command.
         *
         * @param remaining how much of its time to live is left; empty if it has no limit
         */
        CompletionStage<Result> run(ServerFrame.Command command, Optional<Duration> remaining) throws Exception;
    }
}
