package io.fleetline.backend.streams;

import io.fleetline.protocol.ClockQuality;
import io.fleetline.protocol.RecordHeaders;
import io.fleetline.protocol.RecordPosition;
import io.fleetline.protocol.cbor.RecordHeaderCodec;
import io.fleetline.protocol.cbor.RecordHeaderException;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.Configurable;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.streams.processor.TimestampExtractor;

/**
 * Kafka Streams' time of an event: when it happened on the device. Records have the node's clock as their timestamp, and
 * windows over that would count an event that waited in an outbox as one of the hour in which it was sent.
 *
 * <p>The record's timestamp is taken instead where the device did not know the time, for gaps and for strangers' records, and
 * where the event claims to be of the future: one device whose clock is ahead would otherwise move the time of a whole
 * partition, and everybody else's events would be late. How far ahead is believed is set in code, or by {@value #MOST_AHEAD}
 * (ISO 8601, such as {@code PT5M}) among Kafka Streams' settings.
 *
 * <p>Event times of a partition do not rise steadily: a device that was offline for a day brings a day's events. Windows
 * need a grace period to fit. Needs {@code kafka-streams}, which is not among this library's dependencies.
 */
public final class EventTimeExtractor implements TimestampExtractor, Configurable {
    /** The setting that says how far ahead of its record an event may be. */
    public static final String MOST_AHEAD = "fleetline.event.time.most.ahead";

    private static final Duration DEFAULT_MOST_AHEAD = Duration.ofMinutes(5);

    private Duration mostAhead;

    /** Believes events up to 5 minutes ahead of the node's clock. */
    public EventTimeExtractor() {
        this(DEFAULT_MOST_AHEAD);
    }

    /**
     * Believes events up to this far ahead of the node's clock.
     *
     * @throws IllegalArgumentException if it is negative
     */
    public EventTimeExtractor(Duration mostAhead) {
        this.mostAhead = checked(mostAhead);
    }

    @Override
    public void configure(Map<String, ?> settings) {
        Object set = settings.get(MOST_AHEAD);
        if (set != null) {
            try {
                mostAhead = checked(Duration.parse(set.toString()));
            } catch (DateTimeParseException e) {
                throw new IllegalArgumentException(MOST_AHEAD + " is '" + set + "', not a duration such as PT5M", e);
            }
        }
    }

    private static Duration checked(Duration ahead) {
        if (ahead.isNegative()) {
            throw new IllegalArgumentException(MOST_AHEAD + " is " + ahead + ", which is negative");
        }
        return ahead;
    }

    @Override
    public long extract(ConsumerRecord<Object, Object> record, long partitionTime) {
        long recordMillis = record.timestamp();
        Header header = record.headers().lastHeader(RecordHeaders.POSITION);
        if (header == null || record.headers().lastHeader(RecordHeaders.GAP) != null) {
            return recordMillis;
        }
        RecordPosition position;
        try {
            position = RecordHeaderCodec.decodePosition(header.value());
        } catch (RecordHeaderException e) {
            return recordMillis;
        }
        boolean believed = position.clockQuality() != ClockQuality.UNKNOWN
                && position.timeMillis() > 0
                && position.timeMillis() <= recordMillis + mostAhead.toMillis();
        return believed ? position.timeMillis() : recordMillis;
    }
}
