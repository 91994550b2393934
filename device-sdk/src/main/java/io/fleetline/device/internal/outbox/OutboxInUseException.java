package io.fleetline.device.internal.outbox;

import java.nio.file.Path;

/** Another process, or another outbox of this one, has the directory open. */
public final class OutboxInUseException extends Exception {
    OutboxInUseException(Path directory) {
        super("the outbox directory " + directory + " is in use by another process or client");
    }
}
