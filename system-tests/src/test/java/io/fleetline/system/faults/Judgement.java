package io.fleetline.system.faults;

import io.fleetline.backend.Delivery;
import io.fleetline.backend.Event;
import io.fleetline.backend.EventBatch;
import io.fleetline.backend.EventReader;
import io.fleetline.backend.StartAt;
import io.fleetline.backend.filter.Alarm;
import io.fleetline.simulator.proof.JournalCheck;
import io.fleetline.simulator.proof.JournalReading;
import io.fleetline.simulator.proof.RawLog;
import io.fleetline.simulator.proof.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeoutException;

/**
 * What a run has to have come to. The first judge reads Kafka byte for byte and shares no class with the filter; the second
 * holds what the filter hands out against the same journal.
 */
final class Judgement {
    private static final Duration READ_PATIENCE = Duration.ofMinutes(1);
    private static final Duration POLL = Duration.ofMillis(200);

    private final String bootstrap;
    private final String topic;
    private final Path journal;

    Judgement(String bootstrap, String topic, Path journal) {
        this.bootstrap = bootstrap;
        this.topic = topic;
        this.journal = journal;
    }

    /**
     * Fails if something is missing, doubled, invented or out of order; else says how much was compared.
     *
     * @param script what happened, for the message
     */
    String pass(Object script) throws IOException {
        Verdict verdict = compareTheLog();
        if (!verdict.holds() || verdict.receipts() == 0) {
            throw new AssertionError(verdict.faults().size() + " differences between Kafka and " + verdict.receipts()
                    + " receipts, after " + script + ": "
                    + verdict.faults().subList(0, Math.min(10, verdict.faults().size())));
        }
        List<String> read = compareWhatTheFilterHandsOut();
        if (!read.isEmpty()) {
            throw new AssertionError(read.size() + " differences between a reader and the receipts, after " + script
                    + ": " + read.subList(0, Math.min(10, read.size())));
        }
        return verdict.receipts() + " receipts of " + verdict.published() + " published events, " + verdict.records()
                + " records, " + verdict.repeats() + " repeats, none missing; " + script;
    }

    private Verdict compareTheLog() throws IOException {
        JournalCheck check = new JournalCheck(JournalReading.read(journal));
        try (RawLog log = new RawLog(bootstrap, topic, System::nanoTime)) {
            log.readInto(check, Map.of(), READ_PATIENCE);
        } catch (TimeoutException e) {
            throw new AssertionError("Kafka could not be read", e);
        }
        return check.verdict();
    }

    private List<String> compareWhatTheFilterHandsOut() throws IOException {
        Set<String> awaited = receipts();
        List<String> differences = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        Map<String, Long> lastOfLane = new HashMap<>();
        try (EventReader reader = EventReader.builder()
                .bootstrapServers(bootstrap)
                .topics(topic)
                .startAt(StartAt.earliest())
                .build()) {
            long endNanos = System.nanoTime() + READ_PATIENCE.toNanos();
            while (!awaited.isEmpty() && System.nanoTime() < endNanos) {
                EventBatch batch = reader.poll(POLL);
                for (Alarm alarm : batch.alarms()) {
                    differences.add("alarm " + alarm.message());
                }
                for (Delivery delivery : batch.deliveries()) {
                    if (delivery instanceof Event event) {
                        take(event, seen, lastOfLane, awaited, differences);
                    } else {
                        differences.add("a record of no stream at " + delivery.partition() + ":" + delivery.offset());
                    }
                }
            }
        }
        awaited.forEach(mark -> differences.add(mark + " has a receipt and was not handed out"));
        return differences;
    }

    private static void take(
            Event event,
            Set<String> seen,
            Map<String, Long> lastOfLane,
            Set<String> awaited,
            List<String> differences) {
        if (!(event.decodedBody() instanceof Map<?, ?> body) || !(body.get("counter") instanceof Number counter)) {
            differences.add(event + " bears no counter");
            return;
        }
        String mark = event.device() + " " + counter;
        if (!seen.add(mark)) {
            differences.add(mark + " was handed out twice");
        }
        Long before = lastOfLane.put(event.device() + "/" + event.lane(), counter.longValue());
        if (before != null && before > counter.longValue()) {
            differences.add(mark + " was handed out after " + before);
        }
        awaited.remove(mark);
    }

    /** Device and counter of all that has a receipt. */
    private Set<String> receipts() throws IOException {
        Set<String> receipts = new HashSet<>();
        for (String line : Files.readAllLines(journal)) {
            String[] parts = line.split(" ", -1);
            if (parts[0].equals("R")) {
                receipts.add(parts[1] + " " + parts[2]);
            }
        }
        return receipts;
    }
}
