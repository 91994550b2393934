package io.fleetline.simulator.scenario;

import io.fleetline.device.OutboxMode;
import io.fleetline.device.OverflowPolicy;
import io.fleetline.protocol.DeviceId;
import io.fleetline.protocol.Lane;
import io.fleetline.simulator.payload.PayloadModel;
import io.fleetline.simulator.schedule.Schedule;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Devices that behave alike.
 *
 * @param name theirs together, and what the name of each begins with: {@code NAME-00001} and so on
 * @param tenant whose they are
 * @param devices how many, 1 to 99,999
 * @param outbox how they keep events until those are stored
 * @param arrival when they connect
 * @param publications what they publish
 * @param handlers the commands that they answer
 * @param ackP99 what is asked of the time from when an event of theirs was due to its receipt, 99th percentile
 * @param tokens how long the tokens are good that they show, 10 s to 24 h; if empty, they show secrets
 * @param clockOffset by how much their clocks are wrong, −10 to 10 years: events then carry a time of the device's own
 */
public record Group(
        String name,
        String tenant,
        int devices,
        Outbox outbox,
        Arrival arrival,
        List<Publication> publications,
        List<Handler> handlers,
        Optional<Duration> ackP99,
        Optional<Duration> tokens,
        Optional<Duration> clockOffset) {
    /** What the five digits of their names have room for. */
    private static final int MOST_DEVICES = 99_999;

    private static final Duration TEN_YEARS = Duration.ofDays(3650);

    /** Checks each part. */
    public Group {
        if (!DeviceId.isDevice(name + "-00001") || name.isEmpty()) {
            throw new IllegalArgumentException(
                    "name is \"" + name + "\", which no device can be called: 1 to 122 of [A-Za-z0-9._~-]");
        }
        if (!DeviceId.isTenant(tenant)) {
            throw new IllegalArgumentException("tenant is \"" + tenant + "\", not of the form [a-z0-9][a-z0-9-]{0,62}");
        }
        Checks.range("devices", devices, 1, MOST_DEVICES);
        publications = List.copyOf(publications);
        handlers = List.copyOf(handlers);
        tokens.ifPresent(lifetime ->
                Checks.range("credential.lifetime", lifetime, Duration.ofSeconds(10), Duration.ofHours(24)));
        clockOffset.ifPresent(offset -> Checks.range("clockOffset", offset, TEN_YEARS.negated(), TEN_YEARS));
    }

    /**
     * How events are kept until they are stored.
     *
     * @param mode in memory or on disk
     * @param maxBytes how much may wait
     * @param overflow what happens beyond
     */
    public record Outbox(OutboxMode mode, long maxBytes, OverflowPolicy overflow) {}

    /**
     * When devices connect.
     *
     * @param at when the first may, from the beginning of the run
     * @param over within which time all of them do
     * @param byChance whether each at a moment of its own drawn from that time, or evenly one after the other
     */
    public record Arrival(Duration at, Duration over, boolean byChance) {
        /** @throws IllegalArgumentException naming the key that is out of its range */
        public Arrival {
            Checks.range("at", at, Duration.ZERO, Duration.ofDays(7));
            Checks.range("over", over, Duration.ZERO, Duration.ofDays(7));
        }
    }

    /**
     * What a device publishes on one channel.
     *
     * @param channel the event's channel
     * @param lane on which lane
     * @param ttl how long events are worth sending
     * @param schedule when
     * @param payload what
     */
    public record Publication(
            String channel, Lane lane, Optional<Duration> ttl, Schedule schedule, PayloadModel payload) {
        /** @throws IllegalArgumentException naming the key that is out of its range */
        public Publication {
            if (!channel.matches("[A-Za-z0-9._/-]{1,128}")) {
                throw new IllegalArgumentException("channel is \"" + channel + "\", not 1 to 128 of [A-Za-z0-9._/-]");
            }
            if (lane == Lane.OUTCOMES) {
                throw new IllegalArgumentException("lane is outcomes, which carries no events");
            }
            ttl.ifPresent(time -> Checks.range("ttl", time, Duration.ofMillis(1), Duration.ofDays(365)));
        }
    }

    /**
     * How a device answers a command.
     *
     * @param name the command's
     * @param answerTime how long it takes on average; drawn, exponentially distributed, never more than ten times this
     * @param failures which share of the commands fails, 0 to 1
     */
    public record Handler(String name, Duration answerTime, double failures) {
        /** @throws IllegalArgumentException naming the key that is out of its range */
        public Handler {
            if (!name.matches("[A-Za-z0-9._/-]{1,128}")) {
                throw new IllegalArgumentException("name is \"" + name + "\", not 1 to 128 of [A-Za-z0-9._/-]");
            }
            Checks.range("answerTime", answerTime, Duration.ZERO, Duration.ofHours(1));
            Checks.range("failures", failures, 0, 1);
        }
    }

    /** The devices, the same each time. */
    public List<DeviceId> deviceIds() {
        List<DeviceId> ids = new ArrayList<>(devices);
        for (int i = 1; i <= devices; i++) {
            ids.add(new DeviceId(tenant, String.format(Locale.ROOT, "%s-%05d", name, i)));
        }
        return ids;
    }

    /** How many events a second they publish together on average while the load is 1. */
    public double eventsPerSecond() {
        return devices
                * publications.stream()
                        .mapToDouble(publication -> publication.schedule().perSecond())
                        .sum();
    }
}
