package io.fleetline.device;

/** Does what a command asks. */
@FunctionalInterface
public interface CommandHandler {
    /**
     * Does it, and says how it ended. Called on the runtime's application executor, at most once for each id, and by at
     * most {@link CommandConfig#concurrency} threads at once.
     *
     * @throws Exception to say that it failed: the outcome is FAILED with the exception's message
     */
    CommandResult handle(Command command) throws Exception;
}
