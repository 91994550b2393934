package io.fleetline.device.internal.outbox;

import io.fleetline.device.internal.log.DiskInUseException;

/** Another process, or another outbox of this one, has the directory open. */
public final class OutboxInUseException extends Exception {
    OutboxInUseException(DiskInUseException cause) {
        super("the outbox directory " + cause.getMessage(), cause);
    }
}
