package io.fleetline.devkafka;

import org.jspecify.annotations.Nullable;

/**
 * Says in one sentence, fit to be shown to a user, why a {@link DevKafka} did not start or could not do what was asked
 * of it: the directory that is in use, the port that is taken, the broker that did not become ready, with the end of
 * its log.
 */
public final class DevKafkaException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /**
     * An exception without a cause.
     *
     * @param message the sentence
     */
    public DevKafkaException(String message) {
        super(message);
    }

    /**
     * An exception with what lies behind it.
     *
     * @param message the sentence
     * @param cause what lies behind it, or null
     */
    public DevKafkaException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
