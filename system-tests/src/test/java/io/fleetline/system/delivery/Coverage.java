package io.fleetline.system.delivery;

import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/** How often what happened, over all histories: a checker that never sees a thing proves nothing about it. */
final class Coverage {
    /** What is counted. */
    enum Seen {
        HISTORIES,
        EVENTS,
        RECEIPTS,
        RECORDS,
        REWINDS,
        REJECTS,
        DEAD_LETTERS,
        GAPS,
        GAPS_OVER_STORED_EVENTS,
        CONNECTIONS,
        CONNECTIONS_TAKEN_OVER,
        RUN_CHANGES_IN_A_SESSION,
        RUN_TAKEOVERS,
        NUMBERS_USED_TWICE,
        RECORDS_NAMING_BEFORE,
        RECORDS_HELD,
        REPEATED_RECORDS,
        FAILED_BATCHES,
        LATE_LANDINGS,
        LANDINGS_OF_DEAD_NODES,
        LANDED_UNHEARD,
        DOUBLE_CALLBACKS,
        DOUBTFUL_OFFSETS,
        REFUSED_SENDS,
        KAFKA_OUTAGES,
        NODE_KILLS,
        NODE_FREEZES,
        NODE_RESTARTS,
        NODE_DRAINS,
        PIPES_CUT,
        PIPES_SILENT,
        PIPES_STALLED,
        DEVICE_KILLS,
        DEVICE_CLOSES,
        POWER_CUTS,
        CRASHES_IN_A_WRITE,
        STEPS_BESIDE_A_WRITE,
        FORCED_LIES,
        IMAGES_RESTORED,
        STORES_WIPED,
        STORES_COPIED,
        LOST_TO_A_COPY,
        DISKS_ROTTEN,
        DISK_TROUBLES,
        STORES_IN_MEMORY_INSTEAD,
        READERS_RESTARTED,
        READERS_JOINED,
        READERS_OF_A_TRIMMED_TOPIC,
        READERS_WITH_A_SHORT_MEMORY,
        HISTORIES_PLAYED_ON,
        STORES_FORGOTTEN,
        REMOVALS,
        REMOVALS_NOBODY_CAN_SHOW,
        LOST_ALARMS,
        CLONED_ALARMS,
        OVERTAKEN_ALARMS,
        ASIDE_OVERFLOW_ALARMS
    }

    private final Map<Seen, Long> counts = new EnumMap<>(Seen.class);

    void count(Seen what) {
        count(what, 1);
    }

    void count(Seen what, long times) {
        counts.merge(what, times, Long::sum);
    }

    long of(Seen what) {
        return counts.getOrDefault(what, 0L);
    }

    void add(Coverage other) {
        other.counts.forEach(this::count);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (Seen what : Seen.values()) {
            String name = what.name().toLowerCase(Locale.ROOT).replace('_', ' ');
            text.append(String.format("%14d %s%n", of(what), name));
        }
        return text.toString();
    }
}
