package io.fleetline.device;

import java.util.concurrent.CompletionStage;

/** Does what a command asks, without holding a thread meanwhile. */
@FunctionalInterface
public interface AsyncCommandHandler {
    /**
     * Begins it. Called as {@link CommandHandler#handle}; the command counts as running until the stage completes.
     *
     * @return completes with how it ended; exceptionally to say that it failed
     * @throws Exception to say that it failed: the outcome is FAILED with the exception's message
     */
    CompletionStage<CommandResult> handle(Command command) throws Exception;
}
