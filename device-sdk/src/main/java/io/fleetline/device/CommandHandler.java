package io.fleetline.device;

/** Does what a command asks. */
@FunctionalInterface
public interface CommandHandler {
    /**
     * Does it, and says how it ended. Called on the runtime's application executor, at most once for each id (unless the
     * command is {@link CommandOption#IDEMPOTENT}), and by at most {@link CommandConfig#concurrency} threads at once.
     *
     * <p>With an outbox on disk that holds across restarts and power cuts, for the latest 10,000 commands or the latest 30
     * days that the device was up; with one in memory it holds as long as the client lives.
     *
     * @throws Exception to say that it failed: the outcome is FAILED with the exception's message
     */
    CommandResult handle(Command command) throws Exception;
}
