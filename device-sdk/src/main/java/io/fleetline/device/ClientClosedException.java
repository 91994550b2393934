package io.fleetline.device;

/**
 * The client is closed. Thrown by {@code publish}, the event was not taken; as the end of a receipt, the event was taken
 * but is not known to be stored: an outbox on disk keeps it for the next start, one in memory has lost it. The end of a
 * receipt has no stack trace, which could tell nothing: there may be a hundred thousand of them at once.
 */
public final class ClientClosedException extends FleetlineException {
    private static final long serialVersionUID = 1L;

    ClientClosedException(String message) {
        super(message);
    }

    private ClientClosedException(String message, boolean stackTrace) {
        super(message, stackTrace);
    }

    static ClientClosedException endOfReceipt(String message) {
        return new ClientClosedException(message, false);
    }
}
