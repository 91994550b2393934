package io.fleetline.device;

import java.util.Map;

/**
 * How a command ended.
 *
 * @param succeeded whether it did what was asked
 * @param body what to answer; a command's result may take up to 16 KiB
 */
public record CommandResult(boolean succeeded, Body body) {
    private static final CommandResult DONE = new CommandResult(true, Body.EMPTY);

    /** Done, with nothing to add. */
    public static CommandResult done() {
        return DONE;
    }

    /**
     * Done, with an answer.
     *
     * @param answer as for {@link Body#of}
     */
    public static CommandResult done(Object answer) {
        return new CommandResult(true, Body.of(answer));
    }

    /**
     * Not done.
     *
     * @param message why, for people; the answer is a map with it as {@code message}
     */
    public static CommandResult failed(String message) {
        return new CommandResult(false, Body.of(Map.of("message", message)));
    }

    /**
     * Not done, with an answer of the application's own form.
     *
     * @param answer as for {@link Body#of}
     */
    public static CommandResult failedWith(Object answer) {
        return new CommandResult(false, Body.of(answer));
    }
}
