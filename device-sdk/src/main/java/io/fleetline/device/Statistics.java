package io.fleetline.device;

import java.time.Duration;
import java.util.Optional;

/**
 * Counts and measures of one client, taken at one moment. Counts are since the client was built.
 *
 * @param outboxEvents items that wait in the outbox, in flight or not, over all lanes
 * @param outboxBytes bytes of these, encoded
 * @param outboxMode how an event that is published now is kept: less than was asked for where the disk fails
 * @param disk how the outbox gets on with its disk
 * @param oldestAge how long the oldest of them has waited; empty if there is none
 * @param inFlightEvents items sent on this connection and not acknowledged yet
 * @param inFlightBytes bytes of these
 * @param published events taken by {@code publish}
 * @param acknowledged items that nodes have stored
 * @param dropped events that became part of a gap, whatever the reason
 * @param sent items sent, each time that they were
 * @param resent items sent again, after a rewind, a reject or a reconnect
 * @param framesSent frames sent
 * @param bytesSent bytes of these frames, before WebSocket framing and TLS
 * @param connects connections that reached their welcome
 * @param failures connections and attempts that ended other than by {@code close}
 * @param commandsReceived commands received, repeats included
 * @param commandsDone commands that ended with an outcome
 * @param roundTrip the latest round trip of a frame and its answer; empty as long as none was measured
 * @param clockOffset what to add to this device's clock to have the node's, from the sample with the shortest round trip
 */
public record Statistics(
        long outboxEvents,
        long outboxBytes,
        OutboxMode outboxMode,
        DiskState disk,
        Optional<Duration> oldestAge,
        long inFlightEvents,
        long inFlightBytes,
        long published,
        long acknowledged,
        long dropped,
        long sent,
        long resent,
        long framesSent,
        long bytesSent,
        long connects,
        long failures,
        long commandsReceived,
        long commandsDone,
        Optional<Duration> roundTrip,
        Optional<Duration> clockOffset) {}
