package io.fleetline.device;

/** There is no room in the outbox, and its policy is not to make any. The event was not taken. */
public final class OutboxFullException extends FleetlineException {
    private static final long serialVersionUID = 1L;

    OutboxFullException(String message) {
        super(message);
    }
}
