package io.fleetline.backend;

/** Two readers save progress of one partition: this one's was not saved. */
public final class StaleProgressException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** @param message which partition, what was expected, what is there */
    public StaleProgressException(String message) {
        super(message);
    }
}
