package io.fleetline.simulator;

import io.fleetline.simulator.proof.CommandCheck;
import io.fleetline.simulator.proof.DeviceTally;
import io.fleetline.simulator.proof.Differences;
import io.fleetline.simulator.proof.Fault;
import io.fleetline.simulator.proof.JournalCheck;
import io.fleetline.simulator.proof.JournalReading;
import io.fleetline.simulator.proof.RawLog;
import io.fleetline.simulator.proof.Verdict;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/**
 * What came out of comparing a run's journal with Kafka.
 *
 * @param raw the topic of all events and gaps
 * @param exact the topic that has each once and in order; empty if there is none to compare
 * @param commands the topic of command updates
 * @param devices what became of each device's events
 */
public record FleetProof(
        Verdict raw, Optional<Verdict> exact, CommandCheck.Verdict commands, List<DeviceTally> devices) {
    /** Keeps its own copy of the list. */
    public FleetProof {
        devices = List.copyOf(devices);
    }

    /**
     * Compares them.
     *
     * @param kafka where Kafka is and how to speak to it: settings of Kafka's clients
     * @param nanoTime a clock that never goes back, in ns
     * @param patience how long reading each topic may take
     * @throws IOException if the run's files cannot be read
     * @throws TimeoutException if Kafka cannot be read in this time
     */
    public static FleetProof of(
            RunDirectory directory, Map<String, String> kafka, LongSupplier nanoTime, Duration patience)
            throws IOException, TimeoutException {
        RunFacts facts = directory.facts();
        JournalReading journal = JournalReading.readAll(directory.journals());
        JournalCheck events = new JournalCheck(journal);
        try (RawLog log = new RawLog(kafka, facts.topics().events(), nanoTime)) {
            log.readInto(events, offsets(facts, facts.topics().events()), patience);
        }
        Optional<Verdict> exact = Optional.empty();
        if (facts.topics().exact().isPresent()) {
            String topic = facts.topics().exact().get();
            JournalCheck check = JournalCheck.ofExact(journal);
            try (RawLog log = RawLog.committed(kafka, topic, nanoTime)) {
                log.readInto(check, offsets(facts, topic), patience);
            }
            exact = Optional.of(check.verdict());
        }
        CommandCheck commands = new CommandCheck(journal);
        try (RawLog log = new RawLog(kafka, facts.topics().updates(), nanoTime)) {
            log.readInto(commands, offsets(facts, facts.topics().updates()), patience);
        }
        return of(
                events.verdict(),
                exact,
                commands.verdict(),
                events.tallies(Duration.ofMillis(facts.lateAfterMillis())));
    }

    /** Puts together what the parts say, and counts for each device where they differ from its journal. */
    static FleetProof of(
            Verdict raw, Optional<Verdict> exact, CommandCheck.Verdict commands, List<DeviceTally> tallies) {
        Map<String, Differences> inRaw =
                Differences.byDevice(Stream.concat(raw.faults().stream(), commands.faults().stream()));
        Optional<Map<String, Differences>> inExact =
                exact.map(verdict -> Differences.byDevice(verdict.faults().stream()));
        List<DeviceTally> devices = tallies.stream()
                .map(tally -> tally.with(
                        inRaw.getOrDefault(tally.device(), Differences.NONE),
                        inExact.map(all -> all.getOrDefault(tally.device(), Differences.NONE))))
                .toList();
        return new FleetProof(raw, exact, commands, devices);
    }

    private static Map<Integer, Long> offsets(RunFacts facts, String topic) {
        return facts.offsets().getOrDefault(topic, Map.of());
    }

    /** Whether all is as it was promised. */
    public boolean holds() {
        return faults().isEmpty();
    }

    /** Whether there is anything that it could have found wrong: an event that has a receipt, or a command that ran. */
    public boolean provesSomething() {
        return raw.receipts() > 0 || commands.run() > 0;
    }

    /** All that is not as it was promised. */
    public List<Fault> faults() {
        List<Fault> all = new ArrayList<>(raw.faults());
        exact.ifPresent(verdict -> all.addAll(verdict.faults()));
        all.addAll(commands.faults());
        return all;
    }

    /** How many differences there are of each kind that there is. */
    public Map<Fault.Kind, Long> faultsByKind() {
        Map<Fault.Kind, Long> kinds = new EnumMap<>(Fault.Kind.class);
        faults().forEach(fault -> kinds.merge(fault.kind(), 1L, Long::sum));
        return kinds;
    }

    /** The devices of which there is something to tell, at most so many, the worst first. */
    public List<DeviceTally> worst(int most) {
        return devices.stream()
                .filter(DeviceTally::hasSomethingToTell)
                .sorted(DeviceTally.WORST_FIRST)
                .limit(most)
                .toList();
    }

    /** How many events were stored late. */
    public long late() {
        return devices.stream().mapToLong(DeviceTally::late).sum();
    }

    /** How many numbers devices declared to be dropped. */
    public long gaps() {
        return devices.stream().mapToLong(DeviceTally::gaps).sum();
    }
}
