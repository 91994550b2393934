package io.fleetline.device;

import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/**
 * How a client stands with its nodes, and why.
 *
 * @param state how it stands
 * @param reason why the last connection or attempt ended; empty as long as none has
 * @param detail a sentence about that, for people; may be empty
 * @param endpoint which node it is connected to or was last trying
 * @param failures how many attempts have failed since the last connection that held
 * @param nextAttempt how long until the next attempt, counted from when this status was taken; empty unless the state is
 *     {@link ConnectionState#WAITING} or {@link ConnectionState#HELD_OFF}
 */
public record ConnectionStatus(
        ConnectionState state,
        Optional<DisconnectReason> reason,
        String detail,
        URI endpoint,
        int failures,
        Optional<Duration> nextAttempt) {}
