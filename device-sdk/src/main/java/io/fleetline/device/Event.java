package io.fleetline.device;

import io.fleetline.protocol.ClockQuality;
import io.fleetline.protocol.Lane;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Something to publish. Made with {@link #of}, refined by methods that each return a new event:
 *
 * <pre>{@code
 * client.publish(Event.of("door/opened", Map.of("door", 3)).lane(Lane.URGENT).ttl(Duration.ofHours(1)));
 * }</pre>
 *
 * @param channel what it is about: 1 to 128 of {@code [A-Za-z0-9._/-]}
 * @param body what it says
 * @param lane {@link Lane#NORMAL}, {@link Lane#URGENT} or {@link Lane#BACKFILL}; order holds within a lane
 * @param ttl how long it is worth sending, from the moment it is published; without one, for ever. What is not stored by
 *     then is dropped, as a gap that every reader sees.
 * @param time when it happened; if empty, the moment it is published, by the device's clock corrected with the node's
 * @param clockQuality how far {@code time} can be trusted; if empty, what the client knows of the clock
 * @param source which sensor behind the device it is from, 1 to 256 characters
 * @param traceparent W3C Trace Context, passed on as it is, 1 to 256 characters
 */
public record Event(
        String channel,
        Body body,
        Lane lane,
        Optional<Duration> ttl,
        Optional<Instant> time,
        Optional<ClockQuality> clockQuality,
        Optional<String> source,
        Optional<String> traceparent) {
    /**
     * Checks the lane, the time to live and the time; the rest is checked when it is published.
     *
     * @throws IllegalArgumentException if the lane is {@link Lane#OUTCOMES}, which is for what became of commands; if the
     *     time to live is not more than zero; or if the time lies before 1970
     */
    public Event {
        if (lane == Lane.OUTCOMES) {
            throw new IllegalArgumentException("lane OUTCOMES carries what became of commands, never events");
        }
        ttl.ifPresent(duration -> {
            if (duration.isNegative() || duration.isZero()) {
                throw new IllegalArgumentException("time to live is " + duration + ", not more than zero");
            }
        });
        time.ifPresent(moment -> {
            if (moment.isBefore(Instant.EPOCH)) {
                throw new IllegalArgumentException("event time is " + moment + ", before 1970");
            }
        });
    }

    /** An event on the normal lane. */
    public static Event of(String channel, Body body) {
        return new Event(
                channel,
                body,
                Lane.NORMAL,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    /**
     * An event on the normal lane.
     *
     * @param body as for {@link Body#of}
     * @throws IllegalArgumentException as {@link Body#of}
     */
    public static Event of(String channel, Object body) {
        return of(channel, Body.of(body));
    }

    /**
     * An event on the normal lane whose body an encoder makes.
     *
     * @throws IllegalArgumentException as the encoder
     */
    public static <T> Event of(String channel, T value, Encoder<? super T> encoder) {
        return of(channel, encoder.encode(value));
    }

    /** This on another lane. */
    public Event lane(Lane other) {
        return new Event(channel, body, other, ttl, time, clockQuality, source, traceparent);
    }

    /** This with a time to live. */
    public Event ttl(Duration duration) {
        return new Event(channel, body, lane, Optional.of(duration), time, clockQuality, source, traceparent);
    }

    /** This as happened at another time than when it is published. */
    public Event time(Instant moment) {
        return new Event(channel, body, lane, ttl, Optional.of(moment), clockQuality, source, traceparent);
    }

    /** This with a word on how far its time can be trusted. */
    public Event clockQuality(ClockQuality quality) {
        return new Event(channel, body, lane, ttl, time, Optional.of(quality), source, traceparent);
    }

    /** This as from a sensor behind the device. */
    public Event source(String sensor) {
        return new Event(channel, body, lane, ttl, time, clockQuality, Optional.of(sensor), traceparent);
    }

    /** This as part of a trace. */
    public Event traceparent(String trace) {
        return new Event(channel, body, lane, ttl, time, clockQuality, source, Optional.of(trace));
    }
}
