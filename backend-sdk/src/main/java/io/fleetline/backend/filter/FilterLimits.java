package io.fleetline.backend.filter;

import java.time.Duration;

/**
 * How much a stream filter remembers, and for how long. All times are record time, which is the nodes' clock; the
 * filter never looks at a clock of its own.
 *
 * @param joinGrace how long a reader that starts in the middle of the topic may come across numbers whose records lie
 *     before its start, and therefore reports none of them as lost
 * @param clonedAfter how long after a takeover a record of the run that was taken over is still a late copy; one that
 *     comes later means that two devices run on copies of one store
 * @param path of how many takeovers the run and its first number are remembered, which is what decides whether a run
 *     follows the one that it names as the one before it
 * @param remembered how many runs that were taken over are remembered at most, so that their late copies are dropped:
 *     the last {@code path} of them for as long as the stream is known, those before them for {@code rememberedFor}. Each
 *     takes some 140 bytes of memory and 20 stored
 * @param rememberedFor how long after it was taken over a run is remembered of which more than {@code path} others took
 *     over since: longer than a record can be under way. Only a device that crashes over and over has such runs. The same
 *     two limits hold for the stores of a lane that are likely over, though none that followed has been heard: those of a
 *     device that starts in memory over and over
 * @param runsAside how many runs that are not later than the current one may wait for their acknowledgements to show
 *     that they are the right ones
 * @param recordsAside how many records of each such run may wait: twice a node's window of unacknowledged items, since
 *     no more than that can be under way
 * @param fingerprints of how many of the last events of a stream the fingerprint is kept, to notice two events under
 *     one number: a power of two, or 0 to notice it only among held records. Each takes 4 bytes per stream
 * @param supersededRetention for how long the state of a store is kept that is over, since a later one followed, and has had
 *     no record since: at least as long as the topic keeps records ({@code retention.ms}); see {@link
 *     #withSupersededRetention}
 */
public record FilterLimits(
        Duration joinGrace,
        Duration clonedAfter,
        int path,
        int remembered,
        Duration rememberedFor,
        int runsAside,
        int recordsAside,
        int fingerprints,
        Duration supersededRetention) {
    /**
     * What fits nodes with their default settings, and topics that keep records for 7 days at most; those that nodes make
     * keep them for 3 days unless told otherwise.
     */
    public static final FilterLimits DEFAULT = new FilterLimits(
            Duration.ofHours(1), Duration.ofMinutes(5), 8, 64, Duration.ofHours(1), 2, 2_048, 16, Duration.ofDays(7));

    private static final int MOST_FINGERPRINTS = 4_096;

    /**
     * Checks each limit.
     *
     * @throws IllegalArgumentException if a duration is negative, a count is below 1, or {@code fingerprints} is
     *     neither 0 nor a power of two up to 4,096
     */
    public FilterLimits {
        notNegative("joinGrace", joinGrace);
        notNegative("clonedAfter", clonedAfter);
        atLeastOne("path", path);
        atLeastOne("remembered", remembered);
        notNegative("rememberedFor", rememberedFor);
        atLeastOne("runsAside", runsAside);
        atLeastOne("recordsAside", recordsAside);
        notNegative("supersededRetention", supersededRetention);
        if (fingerprints < 0 || fingerprints > MOST_FINGERPRINTS || (fingerprints & (fingerprints - 1)) != 0) {
            throw new IllegalArgumentException(
                    "fingerprints is " + fingerprints + ", neither 0 nor a power of two up to " + MOST_FINGERPRINTS);
        }
    }

    /**
     * These limits for a topic that keeps its records this long: its {@code retention.ms}. Where that is -1, a duration of
     * many years does.
     *
     * <p>If it is shorter than what the topic has, a store may be forgotten of which the topic still has records. Should
     * something of that store come again, such as from a disk that is put back after a long time, its stream is taken for a
     * new one: copies of events that were delivered before are delivered again, and what the device was told is stored is
     * reported as {@linkplain Alarm.Lost lost} though it is in the topic. Longer than needed, it costs only state: one
     * stream for each store that a device gave up in that time.
     */
    public FilterLimits withSupersededRetention(Duration retention) {
        return new FilterLimits(
                joinGrace,
                clonedAfter,
                path,
                remembered,
                rememberedFor,
                runsAside,
                recordsAside,
                fingerprints,
                retention);
    }

    /** These limits with this many fingerprints per stream. */
    public FilterLimits withFingerprints(int count) {
        return new FilterLimits(
                joinGrace,
                clonedAfter,
                path,
                remembered,
                rememberedFor,
                runsAside,
                recordsAside,
                count,
                supersededRetention);
    }

    private static void notNegative(String name, Duration value) {
        if (value.isNegative()) {
            throw new IllegalArgumentException(name + " is " + value + ", which is negative");
        }
    }

    private static void atLeastOne(String name, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + " is " + value + ", not at least 1");
        }
    }
}
