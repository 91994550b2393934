package io.fleetline.device.internal.outbox;

/** There was no room for an event, and the policy did not make any. Without a stack trace: it is an answer, not a fault. */
public final class OutboxFullException extends Exception {
    OutboxFullException(String message) {
        super(message, null, false, false);
    }
}
