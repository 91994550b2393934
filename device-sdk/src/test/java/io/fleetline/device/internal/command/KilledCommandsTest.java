package io.fleetline.device.internal.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fleetline.device.fake.FakeNode;
import io.fleetline.device.fake.NodeBehaviour;
import io.fleetline.device.fake.SocketNode;
import io.fleetline.protocol.Attributes;
import io.fleetline.protocol.Item;
import io.fleetline.protocol.Lane;
import io.fleetline.protocol.OutcomeStatus;
import io.fleetline.protocol.Payload;
import io.fleetline.protocol.ServerFrame;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real process that runs commands on a real file system, killed again and again while a node sends it what it has not
 * heard the end of. A command that may not run twice does not, and each one's outcome comes.
 */
@Tag("long")
class KilledCommandsTest {
    private static final int KILLS = Integer.getInteger("fleetline.kills", 100);
    private static final int COMMANDS_A_LIFE = 12;
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final long seed = Long.getLong("fleetline.seed", new Random().nextInt(1 << 20));
    private final Random random = new Random(seed);
    private final FakeNode node =
            new FakeNode(new NodeBehaviour() {}, (nanos, task) -> task.run(), System::currentTimeMillis);

    /** The node sends these again on each connection until their outcome came. */
    private final Map<String, String> pending = new TreeMap<>();

    private final Map<String, Integer> runs = new HashMap<>();
    private final Set<String> answered = new HashSet<>();
    private final Map<String, Integer> counts = new TreeMap<>();
    private int commands;
    /** Whether the process of this life was killed because of what it wrote. */
    private volatile boolean killed;

    @Test
    void aCommandRunsOnceAndItsOutcomeComesWheneverTheProcessIsKilled(@TempDir Path parent) throws Exception {
        Path directory = parent.resolve("outbox");
        System.out.println("seed " + seed);
        try (SocketNode socket = new SocketNode(node, Optional.empty())) {
            for (int i = 0; i < KILLS; i++) {
                live(socket, directory, true);
            }
            live(socket, directory, false);
        }
        assertThat(node.breaches()).isEmpty();
        assertThat(pending).as("commands without an outcome, seed %s", seed).isEmpty();
        judge();
        System.out.println("seed " + seed + ": " + counts);
        assertThat(counts)
                .as("or the kills prove nothing")
                .containsEntry("kill -9", KILLS)
                .containsKeys("SUCCEEDED", "INDETERMINATE", "run again", "sent again");
    }

    private void judge() {
        Map<String, Item.Outcome> first = new HashMap<>();
        for (FakeNode.Landed landed : node.log()) {
            if (landed.item() instanceof Item.Outcome outcome) {
                Item.Outcome before = first.putIfAbsent(outcome.commandId(), outcome);
                assertThat(before == null || before.equals(outcome))
                        .as("seed %s: %s, and before %s", seed, outcome, before)
                        .isTrue();
            }
        }
        assertThat(first).hasSize(commands);
        first.forEach((id, outcome) -> {
            count(outcome.status().toString());
            int ran = runs.getOrDefault(id, 0);
            if (id.startsWith("o")) {
                assertThat(ran).as("seed %s: how often %s ran", seed, id).isLessThanOrEqualTo(1);
            } else {
                assertThat(ran)
                        .as("seed %s: how often %s ran", seed, id)
                        .isLessThanOrEqualTo(CommandRunner.MOST_STARTS);
                if (ran > 1) {
                    count("run again");
                }
            }
            if (outcome.status() == OutcomeStatus.SUCCEEDED) {
                assertThat(answered).as("seed %s: who answered", seed).contains(id);
            } else {
                assertThat(outcome.status()).isEqualTo(OutcomeStatus.INDETERMINATE);
            }
        });
    }

    /** One life of the process, which ends by a kill after some lines of its journal, or once it has nothing more to do. */
    private void live(SocketNode socket, Path directory, boolean kill) throws IOException, InterruptedException {
        int connections = node.connections().size();
        killed = false;
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx64m",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        CommandedProcess.class.getName(),
                        socket.url().toString(),
                        directory.toString())
                .redirectError(directory.resolveSibling("errors").toFile())
                .start();
        Thread journal = new Thread(() -> read(process, kill ? 1 + random.nextInt(3 * COMMANDS_A_LIFE) : -1));
        journal.start();
        try {
            await().atMost(PATIENCE)
                    .until(() -> !process.isAlive()
                            || (node.connections().size() > connections
                                    && node.latest().isWelcome()));
            if (process.isAlive()) {
                send();
            } else {
                // What an earlier life left undone is run again at once, and can be enough to be killed for.
                assertThat(killed)
                        .as("seed %s: ended by itself: %s", seed, Files.readString(directory.resolveSibling("errors")))
                        .isTrue();
            }
            if (kill) {
                // Where less happens than the reader waits for, the kill comes when all has come to rest.
                await().atMost(PATIENCE).until(() -> !process.isAlive() || settle().isEmpty());
            } else {
                await().atMost(PATIENCE).until(() -> settle().isEmpty());
            }
        } finally {
            if (process.isAlive() && kill) {
                count("at rest");
            }
            process.toHandle().destroyForcibly(); // SIGKILL, and what the journal still holds can be read
            process.waitFor();
            journal.join();
            count(kill ? "kill -9" : "end");
            settle();
        }
    }

    private void send() {
        for (String id : List.copyOf(pending.keySet())) {
            count("sent again");
            command(id);
        }
        for (int i = 0; i < COMMANDS_A_LIFE; i++) {
            String id = (random.nextBoolean() ? "o" : "a") + ++commands;
            pending.put(id, id);
            count("sent");
            command(id);
        }
    }

    private void command(String id) {
        String name = id.startsWith("o") ? "once" : "again";
        node.latest().send(new ServerFrame.Command(id, name, 0, Payload.NULL, Attributes.NONE));
    }

    /** Takes those from the pending whose outcome came; returns the rest. */
    private Set<String> settle() {
        for (FakeNode.Landed landed : node.log()) {
            if (landed.lane() == Lane.OUTCOMES && landed.item() instanceof Item.Outcome outcome) {
                pending.remove(outcome.commandId());
            }
        }
        return pending.keySet();
    }

    private void read(Process process, int killAfter) {
        int left = killAfter;
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII))) {
            for (String line = lines.readLine(); line != null && line.endsWith(" ."); line = lines.readLine()) {
                List<String> words = new ArrayList<>(List.of(line.split(" ", -1)));
                if (words.get(0).equals("ran")) {
                    runs.merge(words.get(1), 1, Integer::sum);
                } else {
                    answered.add(words.get(1));
                }
                if (--left == 0) {
                    killed = true;
                    process.toHandle().destroyForcibly();
                }
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private synchronized void count(String what) {
        counts.merge(what, 1, Integer::sum);
    }
}
