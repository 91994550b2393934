package io.fleetline.system.delivery;

import io.fleetline.backend.filter.Alarm;
import io.fleetline.protocol.Lane;
import io.fleetline.protocol.RecordPosition;
import io.fleetline.system.delivery.ModelKafka.Landed;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What a topic says of its runs: which came after which, and which of them a filter cannot know any more. */
final class LandedRuns {
    private final List<Landed> log;
    private final Map<Long, Event> events;
    private final int remembered;

    /**
     * For a whole topic.
     *
     * @param events all that was published, by its value
     * @param remembered how many runs that were taken over a filter remembers
     */
    LandedRuns(List<Landed> log, Map<Long, Event> events, int remembered) {
        this.log = log;
        this.events = events;
        this.remembered = remembered;
    }

    /** Whether the topic holds this run with an order before that of this record. */
    boolean hasAnotherOrder(Landed record) {
        return earliestOrder(record) < record.read().position().order();
    }

    /** Whether more runs than a filter remembers had landed before this record that were later than its own at first. */
    boolean isForgotten(Landed record) {
        RecordPosition run = record.read().position();
        long order = earliestOrder(record);
        return log.subList(0, record.offset()).stream()
                        .map(each -> each.read().position())
                        .filter(at -> at.lane() == run.lane() && at.store() == run.store())
                        .filter(at -> at.run() != run.run() && at.order() > order)
                        .map(RecordPosition::run)
                        .distinct()
                        .count()
                > remembered;
    }

    private long earliestOrder(Landed record) {
        RecordPosition run = record.read().position();
        return log.stream()
                .map(each -> each.read().position())
                .filter(at -> at.lane() == run.lane() && at.store() == run.store() && at.run() == run.run())
                .mapToLong(RecordPosition::order)
                .min()
                .orElseThrow();
    }

    /**
     * Whether a copy of a run that the filter had forgotten took over in this stream, which was told. The runs after it that
     * are forgotten may then take over from it once more.
     */
    boolean hasForgotten(Lane lane, long store, Reader reader) {
        return reader.accepted().stream()
                .filter(each -> each.read().position().lane() == lane
                        && each.read().position().store() == store)
                .anyMatch(each -> isForgottenAndTold(each, reader));
    }

    /** Whether this record of a run that the filter had forgotten was accepted, and OVERTAKEN names the run. */
    boolean isForgottenAndTold(Landed record, Reader reader) {
        Event event = events.get(record.value());
        return event != null && wasOvertaken(event, reader.alarms()) && isForgotten(record);
    }

    /** How many runs of the alarm's stream have a higher order than this one. */
    long runsLaterThan(Alarm alarm, long run) {
        List<RecordPosition> ofStream = log.stream()
                .map(each -> each.read().position())
                .filter(at -> at.lane() == alarm.lane() && at.store() == alarm.store())
                .toList();
        long order = ofStream.stream()
                .filter(at -> at.run() == run)
                .mapToLong(RecordPosition::order)
                .findFirst()
                .orElseThrow();
        return ofStream.stream()
                .filter(at -> at.order() > order)
                .map(RecordPosition::run)
                .distinct()
                .count();
    }

    /** Whether OVERTAKEN names the event's run, or one that it builds on: what waits for that one waits in vain. */
    boolean wasOvertaken(Event event, List<Alarm> alarms) {
        if (alarms.stream().noneMatch(Alarm.Overtaken.class::isInstance)) {
            return false;
        }
        Set<Long> runs = runsUnder(event);
        return alarms.stream()
                .anyMatch(alarm -> alarm instanceof Alarm.Overtaken overtaken
                        && event.lane == overtaken.lane()
                        && event.store == overtaken.store()
                        && runs.contains(overtaken.run()));
    }

    /** The event's run, the one that its first number follows, the one that that one follows, and so on. */
    private Set<Long> runsUnder(Event event) {
        Set<Long> runs = new HashSet<>(Set.of(event.run));
        boolean grows = true;
        while (grows) {
            grows = false;
            for (Landed each : log) {
                RecordPosition at = each.read().position();
                if (at.lane() == event.lane
                        && at.store() == event.store
                        && runs.contains(at.run())
                        && at.before().isPresent()) {
                    grows |= runs.add(at.before().getAsLong());
                }
            }
        }
        return runs;
    }
}
