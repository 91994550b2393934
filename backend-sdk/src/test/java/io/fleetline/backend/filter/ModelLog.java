package io.fleetline.backend.filter;

import io.fleetline.protocol.ClockQuality;
import io.fleetline.protocol.GapReason;
import io.fleetline.protocol.Item;
import io.fleetline.protocol.Lane;
import io.fleetline.protocol.RecordPosition;
import io.fleetline.protocol.StoreNames;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.zip.GZIPInputStream;

/**
 * One log of an independent executable model of the delivery rules: what lies in a partition after a seeded history, and
 * what a reader of it has to deliver and report.
 *
 * @param name which kind of history, and its seed
 * @param limits the limits that the model's reader had
 * @param records the partition
 * @param whole what a reader of all of it delivers and reports
 * @param joiningAt the index of the record at which another reader begins, 0 for none
 * @param joining what that one delivers and reports
 */
record ModelLog(
        String name,
        FilterLimits limits,
        List<StreamRecord<Long>> records,
        Seen whole,
        int joiningAt,
        Optional<Seen> joining) {

    /** What a reader delivered, and what it reported, in its order. */
    record Seen(List<Long> delivered, List<List<Long>> lost, List<List<Long>> cloned, List<Long> asideOverflow) {
        static Seen nothing() {
            return new Seen(new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        }
    }

    /** Hands on each log of a file that has one JSON object in each line, compressed. */
    static int forEach(InputStream compressed, Consumer<ModelLog> action) throws IOException {
        int count = 0;
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(new GZIPInputStream(compressed), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                action.accept(parse(Json.object(line)));
                count++;
            }
        }
        return count;
    }

    private static ModelLog parse(Map<?, ?> log) {
        boolean inMemory = log.get("scenario").equals("memory");
        List<StreamRecord<Long>> records = new ArrayList<>();
        for (Object record : (List<?>) log.get("records")) {
            records.add(record((Map<?, ?>) record, inMemory));
        }
        Object joining = log.get("joining");
        return new ModelLog(
                log.get("scenario") + " " + log.get("seed"),
                limits((Map<?, ?>) log.get("limits")),
                records,
                seen((Map<?, ?>) log.get("whole"), inMemory),
                Math.toIntExact((Long) log.get("start")),
                joining == null ? Optional.empty() : Optional.of(seen((Map<?, ?>) joining, inMemory)));
    }

    private static FilterLimits limits(Map<?, ?> limits) {
        return new FilterLimits(
                Duration.ofMillis((Long) limits.get("join")),
                Duration.ofMillis((Long) limits.get("clonedAfter")),
                Math.toIntExact((Long) limits.get("path")),
                Math.toIntExact((Long) limits.get("remembered")),
                FilterLimits.DEFAULT.rememberedFor(),
                Math.toIntExact((Long) limits.get("aside")),
                Math.toIntExact((Long) limits.get("recordsAside")),
                FilterLimits.DEFAULT.fingerprints(),
                FilterLimits.DEFAULT.supersededRetention());
    }

    private static StreamRecord<Long> record(Map<?, ?> record, boolean inMemory) {
        Long before = (Long) record.get("before");
        RecordPosition position = new RecordPosition(
                Lane.of((Long) record.get("lane")),
                store((Long) record.get("store"), inMemory),
                (Long) record.get("run"),
                (Long) record.get("order"),
                (Long) record.get("first"),
                (Long) record.get("seq"),
                (Long) record.get("acked"),
                0,
                ClockQuality.UNKNOWN,
                before == null ? OptionalLong.empty() : OptionalLong.of(before));
        long stamp = (Long) record.get("stamp");
        long reason = (Long) record.get("gap");
        if (reason != 0) {
            return StreamRecord.gap(position, stamp, new Item.Gap((Long) record.get("to"), GapReason.of(reason)), -1L);
        }
        Long value = (Long) record.get("value");
        return StreamRecord.event(position, stamp, value.hashCode(), value);
    }

    /** The model draws stores as any 32 bits; their names here say what kind of store it was. */
    private static long store(long drawn, boolean inMemory) {
        return inMemory ? StoreNames.fleeting((int) drawn) : StoreNames.lasting((int) drawn);
    }

    /** Where an alarm names a store, that is its second number, behind the lane. */
    private static List<List<Long>> alarms(List<List<Long>> drawn, boolean inMemory) {
        List<List<Long>> alarms = new ArrayList<>();
        for (List<Long> each : drawn) {
            List<Long> alarm = new ArrayList<>(each);
            alarm.set(1, store(alarm.get(1), inMemory));
            alarms.add(alarm);
        }
        return alarms;
    }

    @SuppressWarnings("unchecked")
    private static Seen seen(Map<?, ?> seen, boolean inMemory) {
        return new Seen(
                (List<Long>) seen.get("delivered"),
                alarms((List<List<Long>>) seen.get("lost"), inMemory),
                alarms((List<List<Long>>) seen.get("cloned"), inMemory),
                (List<Long>) seen.get("asideOverflow"));
    }
}
