package io.fleetline.simulator.scenario;

import java.time.Duration;
import java.util.Optional;

/**
 * What is asked of the system; where nothing is said, nothing is asked. That Kafka holds what receipts promise is asked in any
 * case.
 *
 * @param ackP99 from when an event was due to its receipt, 99th percentile
 * @param ackP999 the same, 99.9th percentile
 * @param readerP99 from when an event was due to a reader of the events topic, 99th percentile
 * @param commandP99 from when a command was due to its outcome, 99th percentile
 * @param connectP99 from when a device was due to its first welcome, 99th percentile
 * @param connected the least share of the devices that must be connected at the end, 0 to 1
 * @param dropped the most events that devices may drop or find no room for
 * @param late the most events that may be stored more than {@code lateAfter} after they were due
 * @param lateAfter what late is
 * @param eventsPerSecond the least rate of receipts over the whole run
 */
public record Thresholds(
        Optional<Duration> ackP99,
        Optional<Duration> ackP999,
        Optional<Duration> readerP99,
        Optional<Duration> commandP99,
        Optional<Duration> connectP99,
        Optional<Double> connected,
        Optional<Long> dropped,
        Optional<Long> late,
        Duration lateAfter,
        Optional<Double> eventsPerSecond) {
    /** Asks for nothing. */
    public static final Thresholds NONE = new Thresholds(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Duration.ofSeconds(10),
            Optional.empty());

    /** @throws IllegalArgumentException naming the key that is out of its range */
    public Thresholds {
        connected.ifPresent(share -> Checks.range("connected", share, 0, 1));
        dropped.ifPresent(count -> Checks.range("dropped", count, 0, Long.MAX_VALUE));
        late.ifPresent(count -> Checks.range("late", count, 0, Long.MAX_VALUE));
        Checks.range("lateAfter", lateAfter, Duration.ofMillis(1), Duration.ofDays(365));
    }
}
