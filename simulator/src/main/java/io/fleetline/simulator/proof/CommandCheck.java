package io.fleetline.simulator.proof;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Compares what a journal says of commands with the records of the command updates: each handler is called at most once, what
 * it came to is there, and nothing else under another number, nothing is there that no handler came to, and no command is lost that Kafka had, unless
 * a node was ended without warning. Nodes may
 * say EXPIRED, CANCELLED or NO_OUTCOME of a command that no device answered. Of a device that keeps its commands in memory, and whose
 * process was ended without warning, nothing is asked but that no outcome is invented.
 *
 * <p>Not thread-safe.
 */
public final class CommandCheck {
    /** What only a handler can say. */
    private static final Set<String> OF_HANDLERS = Set.of("SUCCEEDED", "FAILED");

    /** What a node may say for good without a handler. */
    private static final Set<String> OF_NODES = Set.of("EXPIRED", "CANCELLED", "NO_OUTCOME", "UNKNOWN_COMMAND");

    private static final class OfCommand {
        private final Map<StreamNumber, StoredUpdate> outcomes = new HashMap<>();
        private final Set<String> states = new HashSet<>();
    }

    private final JournalReading journal;
    private final Map<String, OfCommand> seen = new HashMap<>();
    private final List<Fault> faults = new ArrayList<>();
    private long records;

    /** Begins a comparison with this journal. */
    public CommandCheck(JournalReading journal) {
        this.journal = journal;
    }

    /** A record that cannot be read. */
    void unreadable(String where, String why) {
        records++;
        faults.add(new Fault(Fault.Kind.UNREADABLE, "?", "the command update at " + where + ": " + why));
    }

    /** The next record of its partition. */
    void record(StoredUpdate update) {
        records++;
        if (update.commandId().isEmpty()) {
            return;
        }
        String id = update.commandId().get();
        JournalReading.@Nullable OfCommand told = journal.commands().get(id);
        if (told == null || !told.device().equals(update.device())) {
            return;
        }
        OfCommand command = seen.computeIfAbsent(id, name -> new OfCommand());
        command.states.add(update.status());
        update.number().ifPresent(number -> command.outcomes.putIfAbsent(number, update));
    }

    /**
     * What came out.
     *
     * @param commands how many commands Kafka had
     * @param run how many of these had their handler called
     * @param records how many records of command updates were read
     * @param faults where they differ; empty if all is as it should be
     */
    public record Verdict(long commands, long run, long records, List<Fault> faults) {
        /** Keeps its own copy of the list. */
        public Verdict {
            faults = List.copyOf(faults);
        }

        /** Whether all is as it should be. */
        public boolean holds() {
            return faults.isEmpty();
        }
    }

    /** What came out, once every record has been read. */
    public Verdict verdict() {
        List<Fault> all = new ArrayList<>(faults);
        journal.commands().forEach((id, told) -> compare(id, told, seen.getOrDefault(id, new OfCommand()), all));
        long stored = journal.commands().values().stream()
                .filter(JournalReading.OfCommand::stored)
                .count();
        long begun = journal.commands().values().stream()
                .filter(told -> told.begun() > 0)
                .count();
        return new Verdict(stored, begun, records, all);
    }

    private void compare(String id, JournalReading.OfCommand told, OfCommand there, List<Fault> all) {
        checkInvented(id, told, there, all);
        if (!journal.forgot(told.device())) {
            checkOnceAndKept(id, told, there, all);
        }
    }

    private static void checkInvented(String id, JournalReading.OfCommand told, OfCommand there, List<Fault> all) {
        there.outcomes.values().forEach(outcome -> {
            boolean ofHandler = OF_HANDLERS.contains(outcome.status());
            if (ofHandler && !told.cameTo(outcome.status())) {
                all.add(new Fault(
                        Fault.Kind.OUTCOME_INVENTED,
                        told.device(),
                        "command " + id + " is " + outcome.status() + " at " + outcome.where() + ", its handler "
                                + told.ended().map(end -> "came to " + end).orElse("came to no end")));
            }
        });
        told.heard()
                .filter(state -> OF_HANDLERS.contains(state) && !told.cameTo(state))
                .ifPresent(state -> all.add(new Fault(
                        Fault.Kind.OUTCOME_INVENTED,
                        told.device(),
                        "the sender of command " + id + " heard " + state + ", its handler "
                                + told.ended().map(end -> "came to " + end).orElse("came to no end"))));
    }

    private void checkOnceAndKept(String id, JournalReading.OfCommand told, OfCommand there, List<Fault> all) {
        if (told.begun() > 1) {
            all.add(new Fault(
                    Fault.Kind.COMMAND_REPEATED,
                    told.device(),
                    "the handler of command " + id + " was called " + told.begun() + " times"));
        }
        // The same again is no second outcome: a device that is asked again tells it again.
        if (there.outcomes.values().stream()
                        .map(StoredUpdate::status)
                        .distinct()
                        .count()
                > 1) {
            all.add(new Fault(
                    Fault.Kind.OUTCOME_DOUBLED,
                    told.device(),
                    "command " + id + " has " + there.outcomes.size() + " outcomes: " + there.outcomes.keySet()));
        }
        if (!journal.quiet()) {
            // What is still under way is not lost.
            return;
        }
        if (told.ended().isPresent() && there.outcomes.isEmpty()) {
            all.add(new Fault(
                    Fault.Kind.OUTCOME_LOST,
                    told.device(),
                    "the handler of command " + id + " came to " + told.ended().get() + ", and no outcome is there"));
        }
        if (!journal.nodesEnded()
                && told.stored()
                && told.begun() == 0
                && there.outcomes.isEmpty()
                && there.states.stream().noneMatch(OF_NODES::contains)) {
            all.add(new Fault(
                    Fault.Kind.COMMAND_LOST,
                    told.device(),
                    "command " + id + " was stored and neither run nor given up: " + there.states));
        }
    }
}
