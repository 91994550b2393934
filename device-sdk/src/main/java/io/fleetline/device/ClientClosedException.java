package io.fleetline.device;

/**
 * The client is closed. Thrown by {@code publish}, the event was not taken; as the end of a receipt, the event was taken
 * but is not known to be stored: an outbox on disk keeps it for the next start, one in memory has lost it.
 */
public final class ClientClosedException extends FleetlineException {
    private static final long serialVersionUID = 1L;

    ClientClosedException(String message) {
        super(message);
    }
}
