package io.fleetline.ingest.command;

import io.fleetline.protocol.Attributes;
import io.fleetline.protocol.Payload;
import io.fleetline.protocol.ServerFrame;

/**
 * A command that has no outcome yet.
 *
 * @param id names it; the same id is the same command
 * @param name what to do
 * @param body the argument
 * @param expiresAtMillis until when it may be begun, Unix time in ms
 */
public record PendingCommand(String id, String name, Payload body, long expiresAtMillis) {
    /**
     * Checks what the device would refuse.
     *
     * @throws IllegalArgumentException naming what is not of its form
     */
    public PendingCommand {
        frame(id, name, body, 1);
    }

    /** Whether its time is over. */
    public boolean isExpired(long nowMillis) {
        return nowMillis >= expiresAtMillis;
    }

    /** The command as it goes to the device; its time to live counts from now. */
    public ServerFrame.Command frame(long nowMillis) {
        return frame(id, name, body, Math.max(1, expiresAtMillis - nowMillis));
    }

    private static ServerFrame.Command frame(String id, String name, Payload body, long ttlMillis) {
        return new ServerFrame.Command(id, name, ttlMillis, body, Attributes.NONE);
    }
}
