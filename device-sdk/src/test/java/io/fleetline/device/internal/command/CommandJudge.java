package io.fleetline.device.internal.command;

import io.fleetline.protocol.Item;
import io.fleetline.protocol.Payload;
import io.fleetline.protocol.ServerFrame;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Knows what really became of each command and holds the device to it: none that may not runs twice, no outcome is
 * invented, and none is lost once the ledger said that it is safe.
 */
final class CommandJudge {
    /** A rule was broken. Not an exception, which would become the outcome of the command whose handler met it. */
    static final class Broken extends Error {
        Broken(String what) {
            super(what);
        }
    }

    private static final class Story {
        final ServerFrame.Command command;
        int firstProcess;
        int starts;
        /** How often it was about to be started although the ledger could not count it. */
        int uncounted;

        boolean receivedIsSafe;
        Optional<Item.Outcome> safe = Optional.empty();
        boolean refused;
        /** What handlers answered. */
        final List<Handling.Result> results = new ArrayList<>();
        /** What was handed to the ledger. */
        final List<Item.Outcome> ended = new ArrayList<>();

        /** What was told all the same, since the ledger could not write it down. */
        final List<Item.Outcome> unwritten = new ArrayList<>();

        final List<Item.Outcome> stored = new ArrayList<>();

        Story(ServerFrame.Command command) {
            this.command = command;
        }

        boolean idempotent() {
            return command.name().equals("again");
        }
    }

    private final boolean honest;
    private final Map<String, Story> stories = new LinkedHashMap<>();
    private int process;
    private int numbers;

    /** @param honest whether the disk keeps what was forced */
    CommandJudge(boolean honest) {
        this.honest = honest;
    }

    void started(int number) {
        process = number;
    }

    int newNumber() {
        return ++numbers;
    }

    Optional<ServerFrame.Command> toBeRepeated(int dice) {
        List<Story> all = new ArrayList<>(stories.values());
        return all.isEmpty() ? Optional.empty() : Optional.of(all.get(dice % all.size()).command);
    }

    void delivered(ServerFrame.Command command) {
        stories.computeIfAbsent(command.id(), id -> {
            Story story = new Story(command);
            story.firstProcess = process;
            return story;
        });
    }

    void handlerStarted(ServerFrame.Command command) {
        Story story = story(command.id());
        check(command.equals(story.command), () -> command.id() + " was run as " + command);
        story.starts++;
        if (honest && !story.idempotent()) {
            check(story.starts == 1, () -> command.id() + " was run twice");
            check(story.receivedIsSafe, () -> command.id() + " was run before it was written down");
        }
        check(
                !honest || story.starts <= CommandRunner.MOST_STARTS + story.uncounted,
                () -> command.id() + " was run " + story.starts + " times");
        check(!honest || story.safe.isEmpty(), () -> command.id() + " was run after it had ended");
    }

    void handlerEnded(String id, Handling.Result result) {
        story(id).results.add(result);
    }

    /** The ledger, with an eye on what it is told and what it promises. */
    CommandLedger watch(CommandLedger ledger) {
        return new CommandLedger() {
            @Override
            public Optional<Entry> find(String id) {
                return ledger.find(id);
            }

            @Override
            public void received(Received received, Runnable safe, Consumer<String> failed) {
                ledger.received(
                        received,
                        () -> {
                            story(received.command().id()).receivedIsSafe = true;
                            safe.run();
                        },
                        failure -> {
                            story(received.command().id()).uncounted++;
                            failed.accept(failure);
                        });
            }

            @Override
            public void done(Item.Outcome outcome, Runnable safe, Consumer<String> failed) {
                Story story = story(outcome.commandId());
                story.ended.add(outcome);
                ledger.done(
                        outcome,
                        () -> {
                            story.safe = Optional.of(outcome);
                            safe.run();
                        },
                        failure -> {
                            story.unwritten.add(outcome);
                            failed.accept(failure);
                        });
            }

            @Override
            public void forget(String id) {
                ledger.forget(id);
            }

            @Override
            public void settled(String id) {
                ledger.settled(id);
            }

            @Override
            public List<Entry> interrupted() {
                return ledger.interrupted();
            }

            @Override
            public List<Entry> untold() {
                return ledger.untold();
            }

            @Override
            public void close(Runnable afterwards) {
                ledger.close(afterwards);
            }
        };
    }

    /** Looks at a ledger that was opened after a power cut. */
    void look(CommandLedger ledger) {
        for (Story story : stories.values()) {
            String id = story.command.id();
            Optional<CommandLedger.Entry> found = ledger.find(id);
            if (honest && story.receivedIsSafe) {
                check(found.isPresent(), () -> id + " is forgotten");
            }
            if (honest && story.safe.isPresent()) {
                Optional<Item.Outcome> outcome = found.flatMap(CommandLedger.Entry::outcome);
                check(outcome.isPresent(), () -> "how " + id + " ended is forgotten");
                check(isSame(outcome.orElseThrow(), story.safe.get()), () -> id + " ended as " + outcome);
            }
            found.ifPresent(entry -> notInvented(story, entry));
        }
        for (CommandLedger.Entry entry : ledger.interrupted()) {
            check(stories.containsKey(entry.id()), () -> entry.id() + " was never sent");
        }
        for (CommandLedger.Entry entry : ledger.untold()) {
            check(stories.containsKey(entry.id()), () -> entry.id() + " was never sent");
        }
    }

    private static void notInvented(Story story, CommandLedger.Entry entry) {
        entry.received()
                .ifPresent(received ->
                        check(received.command().equals(story.command), () -> entry.id() + " is known as " + received));
        entry.outcome()
                .ifPresent(outcome -> check(
                        story.ended.stream().anyMatch(ended -> isSame(outcome, ended)),
                        () -> entry.id() + " ended as " + outcome + ", which nobody said"));
    }

    /** Results of long ago are left out. */
    private static boolean isSame(Item.Outcome told, Item.Outcome was) {
        return told.commandId().equals(was.commandId())
                && told.status() == was.status()
                && told.timeMillis() == was.timeMillis()
                && (told.body().equals(was.body()) || told.body().equals(Payload.NULL));
    }

    /** The node got an outcome. */
    void stored(Item.Outcome outcome) {
        Story story = story(outcome.commandId());
        story.stored.add(outcome);
        String what = outcome.commandId() + " is told as " + outcome.status();
        check(story.ended.stream().anyMatch(ended -> isSame(outcome, ended)), () -> what + ", which nobody said");
        if (honest) {
            check(story.safe.isPresent() || wasUnwritten(story, outcome), () -> what + " before it was written down");
        }
        if (honest && story.safe.isPresent()) {
            check(
                    isSame(outcome, story.safe.get()) || wasUnwritten(story, outcome),
                    () -> what + ", and was " + story.safe.get().status());
        }
        switch (outcome.status()) {
            case SUCCEEDED -> check(answered(story, outcome, true), () -> what + ", which no handler said");
            case FAILED -> check(answered(story, outcome, false), () -> what + ", which no handler said");
            case EXPIRED -> check(story.starts == 0 || !honest, () -> what + " after it ran");
            case UNKNOWN_COMMAND -> check(story.command.name().equals("nobody"), () -> what);
            case INDETERMINATE -> check(process > story.firstProcess, () -> what + " and the device never went down");
        }
    }

    /**
     * A crash may make another outcome of what the disk did not take: then the node has both, and the first of them counts.
     */
    private static boolean wasUnwritten(Story story, Item.Outcome outcome) {
        return story.unwritten.stream().anyMatch(unwritten -> isSame(outcome, unwritten));
    }

    private static boolean answered(Story story, Item.Outcome outcome, boolean succeeded) {
        return story.results.stream()
                .anyMatch(result -> result.succeeded() == succeeded
                        && (outcome.body().equals(Payload.NULL) || result.body().equals(outcome.body())));
    }

    void refused(String id) {
        story(id).refused = true;
    }

    /** Everything had time to come to an end. */
    void atTheEnd() {
        if (!honest) {
            return;
        }
        for (Story story : stories.values()) {
            String id = story.command.id();
            if (story.receivedIsSafe) {
                check(story.refused || !story.stored.isEmpty(), () -> id + " was received, and its outcome never came");
            }
            if (story.safe.isPresent()) {
                check(story.refused || !story.stored.isEmpty(), () -> "the outcome of " + id + " is lost");
            }
        }
    }

    private Story story(String id) {
        Story story = stories.get(id);
        check(story != null, () -> id + " was never sent");
        return story;
    }

    private static void check(boolean good, Supplier<String> what) {
        if (!good) {
            throw new Broken(what.get());
        }
    }
}
