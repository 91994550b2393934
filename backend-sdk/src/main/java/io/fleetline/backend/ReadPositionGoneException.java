package io.fleetline.backend;

/**
 * The records at which the reader was to go on are no longer in the topic: it was away for longer than the topic keeps
 * records, and what was deleted meanwhile is lost to it. To go on nevertheless, begin with an empty {@link StateStore}.
 */
public final class ReadPositionGoneException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ReadPositionGoneException(String message, Throwable cause) {
        super(message, cause);
    }
}
