package io.fleetline.exact;

import io.fleetline.backend.filter.Alarm;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Counts what the stage did. After a transaction that was aborted, what is done again is counted again. Safe for use by
 * many threads.
 */
final class ExactMetrics {
    private static final String RECORDS = "fleetline.exact.records";
    private static final String ALARMS = "fleetline.exact.alarms";

    private enum Kind {
        LOST,
        CLONED,
        ASIDE_OVERFLOW,
        CONFLICT,
        OVERTAKEN
    }

    private final Set<HeldStreams> tasks = ConcurrentHashMap.newKeySet();
    private final Counter accepted;
    private final Counter events;
    private final Counter gaps;
    private final Counter ignored;
    private final Counter strangers;
    private final Counter unreadable;
    private final Map<Kind, Counter> alarms = new EnumMap<>(Kind.class);
    private final Counter lostNumbers;

    /** @param stuckAfter for how long, by record time, something must be held for its stream to count as stuck */
    ExactMetrics(MeterRegistry registry, Duration stuckAfter) {
        accepted = records(registry, "accepted");
        events = records(registry, "event");
        gaps = records(registry, "gap");
        ignored = records(registry, "ignored");
        strangers = records(registry, "stranger");
        unreadable = records(registry, "unreadable");
        for (Kind kind : Kind.values()) {
            alarms.put(
                    kind,
                    Counter.builder(ALARMS)
                            .description("Alarms of the stream filter")
                            .tag("kind", kind.name().toLowerCase(Locale.ROOT))
                            .register(registry));
        }
        lostNumbers = Counter.builder("fleetline.exact.lost")
                .description("Acknowledged sequence numbers that are not in the topic")
                .register(registry);
        Gauge.builder("fleetline.exact.held.records", tasks, ExactMetrics::held)
                .description("Events that wait for others before them")
                .register(registry);
        Gauge.builder("fleetline.exact.stuck.devices", tasks, held -> stuck(held, stuckAfter))
                .description("Devices of which something has been held for longer than the set time")
                .register(registry);
    }

    private static Counter records(MeterRegistry registry, String outcome) {
        return Counter.builder(RECORDS)
                .description("Records by what became of them; accepted are those that the filter was fed")
                .tag("outcome", outcome)
                .register(registry);
    }

    private static double held(Set<HeldStreams> tasks) {
        return tasks.stream().mapToLong(HeldStreams::records).sum();
    }

    private static double stuck(Set<HeldStreams> tasks, Duration after) {
        return tasks.stream().mapToLong(task -> task.stuck(after)).sum();
    }

    void add(HeldStreams task) {
        tasks.add(task);
    }

    void remove(HeldStreams task) {
        tasks.remove(task);
    }

    void accepted() {
        accepted.increment();
    }

    void event() {
        events.increment();
    }

    void gap() {
        gaps.increment();
    }

    void ignored() {
        ignored.increment();
    }

    void stranger() {
        strangers.increment();
    }

    void unreadable() {
        unreadable.increment();
    }

    void alarm(Alarm alarm) {
        if (alarm instanceof Alarm.Lost range) {
            lostNumbers.increment((double) (range.to() - range.from() + 1));
        }
        Counter counter = alarms.get(kind(alarm));
        if (counter != null) {
            counter.increment();
        }
    }

    private static Kind kind(Alarm alarm) {
        if (alarm instanceof Alarm.Lost) {
            return Kind.LOST;
        }
        if (alarm instanceof Alarm.Cloned) {
            return Kind.CLONED;
        }
        if (alarm instanceof Alarm.Overtaken) {
            return Kind.OVERTAKEN;
        }
        return alarm instanceof Alarm.AsideOverflow ? Kind.ASIDE_OVERFLOW : Kind.CONFLICT;
    }
}
