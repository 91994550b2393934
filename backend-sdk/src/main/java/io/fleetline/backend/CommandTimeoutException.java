package io.fleetline.backend;

/** No outcome came while the sender was willing to wait. The command is valid until it expires, and may still be run. */
public final class CommandTimeoutException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    CommandTimeoutException(String message) {
        super(message);
    }
}
