package io.fleetline.device;

/** The directory of the outbox is in use by another client or process; two of them would lose each other's events. */
public final class OutboxInUseException extends FleetlineException {
    private static final long serialVersionUID = 1L;

    OutboxInUseException(String message) {
        super(message);
    }
}
