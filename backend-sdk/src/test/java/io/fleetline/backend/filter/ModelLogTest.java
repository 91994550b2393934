package io.fleetline.backend.filter;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The filter against an independent executable model of the delivery rules, written in another language by other means:
 * it must deliver the same events in the same order and raise the same alarms, on logs of histories with crashes, late
 * landings, gaps, wiped, copied and set-back stores, and of devices and nodes that break the rules.
 *
 * <p>In one thing the filter knows more: a record of a run that was taken over, or of a store that a later one has
 * followed, still proves a loss. That makes a difference only in logs that were spoiled afterwards, and where a device says
 * wrongly where its runs begin; there the model's LOST have to be among the filter's. And where a reader joins, it is
 * slower to believe that a store is over; so each stream is compared by itself there, since nobody is promised an order
 * between two of them.
 *
 * <p>The samples among the test resources are logs of that model. The long test reads any number of them from the
 * directory that the system property {@code fleetline.model.logs} names.
 */
class ModelLogTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "base",
                "gaps",
                "reject",
                "buffered",
                "buffered+",
                "memory",
                "wipe",
                "twice",
                "lying",
                "image",
                "copied",
                "broken",
                "spoiled"
            })
    void theFilterDeliversAndReportsWhatTheModelDoes(String scenario) throws IOException {
        try (InputStream logs = getClass().getResourceAsStream("model/" + scenario + ".jsonl.gz")) {
            assertThat(ModelLog.forEach(logs, ModelLogTest::check)).isGreaterThanOrEqualTo(20);
        }
    }

    @Test
    @EnabledIfSystemProperty(named = "fleetline.model.logs", matches = ".+")
    void theFilterDoesSoOnEveryLogInTheDirectory() throws IOException {
        Path directory = Path.of(System.getProperty("fleetline.model.logs"));
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*.jsonl.gz")) {
            for (Path file : files) {
                try (InputStream logs = Files.newInputStream(file)) {
                    System.out.println(file.getFileName() + ": " + ModelLog.forEach(logs, ModelLogTest::check));
                }
            }
        }
    }

    private static void check(ModelLog log) {
        check(log, "whole", FilterStart.whole(), log.records(), log.whole());
        log.joining().ifPresent(expected -> {
            FilterStart start =
                    FilterStart.after(log.records().get(log.joiningAt() - 1).timestampMillis());
            List<StreamRecord<Long>> rest =
                    log.records().subList(log.joiningAt(), log.records().size());
            check(log, "joining", start, rest, expected);
        });
    }

    private static void check(
            ModelLog log, String reader, FilterStart start, List<StreamRecord<Long>> records, ModelLog.Seen expected) {
        ModelReader unbroken = new ModelReader(start, log.limits()).read(records);
        String what = log.name() + ", " + reader + " reader";
        ModelLog.Seen seen = withoutLateProofs(log, unbroken.seen(), expected);
        if (start.isWhole()) {
            assertThat(seen).as(what).isEqualTo(expected);
        } else {
            assertThat(byStream(log, seen)).as(what).isEqualTo(byStream(log, expected));
        }

        Random random = new Random(log.name().hashCode());
        ModelReader restarted = new ModelReader(start, log.limits());
        for (StreamRecord<Long> record : records) {
            if (random.nextInt(3) == 0) {
                restarted.restart();
            }
            restarted.read(List.of(record));
        }
        assertThat(restarted.seen())
                .as("%s that restarts again and again", what)
                .isEqualTo(unbroken.seen());
        assertThat(restarted.conflicts()).as(log.name()).isEqualTo(unbroken.conflicts());
        assertThat(restarted.states().get(0).bytes())
                .as("state after %s, %s reader", log.name(), reader)
                .isEqualTo(unbroken.states().get(0).bytes());
    }

    /** The same, the events of one stream after those of another. */
    private static ModelLog.Seen byStream(ModelLog log, ModelLog.Seen seen) {
        Map<Long, String> streams = new HashMap<>();
        for (StreamRecord<Long> record : log.records()) {
            streams.putIfAbsent(
                    record.payload(),
                    record.position().lane() + "/" + record.position().store());
        }
        List<Long> delivered = new ArrayList<>(seen.delivered());
        delivered.sort(Comparator.comparing(value -> streams.getOrDefault(value, "")));
        return new ModelLog.Seen(delivered, seen.lost(), seen.cloned(), seen.asideOverflow());
    }

    private static ModelLog.Seen withoutLateProofs(ModelLog log, ModelLog.Seen seen, ModelLog.Seen expected) {
        if (!log.name().startsWith("spoiled") && !log.name().startsWith("M:first")) {
            return seen;
        }
        List<List<Long>> lost = new ArrayList<>();
        for (List<Long> alarm : seen.lost()) {
            if (lost.size() < expected.lost().size()
                    && alarm.equals(expected.lost().get(lost.size()))) {
                lost.add(alarm);
            }
        }
        return new ModelLog.Seen(seen.delivered(), lost, seen.cloned(), seen.asideOverflow());
    }
}
