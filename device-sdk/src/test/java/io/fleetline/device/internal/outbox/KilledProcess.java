package io.fleetline.device.internal.outbox;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/**
 * Starts a {@link PublishingProcess} again and again, kills it with SIGKILL after so many lines of its journal, and compares
 * what the next one finds with what the journals promised.
 */
final class KilledProcess {
    private record Promise(long run, String value) {}

    private final Path directory;
    private final long maxBytes;
    private final RandomGenerator random;
    /** By store and lane: what was sent and not acknowledged, by number. */
    private final Map<String, NavigableMap<Long, Promise>> promised = new HashMap<>();

    /** How often what was seen. */
    final Map<String, Integer> counts = new TreeMap<>();

    KilledProcess(Path directory, long maxBytes, RandomGenerator random) {
        this.directory = directory;
        this.maxBytes = maxBytes;
        this.random = random;
    }

    /** One life. It ends by a kill after some lines behind "ready", or, with "drain", by itself. Returns the opening's state. */
    StorageState live(int mostBody, String acks, int mostLines) throws IOException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx48m",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        PublishingProcess.class.getName(),
                        directory.toString(),
                        Long.toString(maxBytes),
                        Long.toString(random.nextInt(1, 1 << 24)),
                        Integer.toString(mostBody),
                        acks)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        StorageState state = null;
        Map<String, NavigableMap<Long, Promise>> found = new TreeMap<>();
        String store = "";
        int left = 1 + random.nextInt(mostLines);
        boolean ready = false;
        boolean killed = false;
        String end = "";
        try (BufferedReader journal =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII))) {
            String line = journal.readLine();
            while (line != null) {
                if (!line.endsWith(" .")) {
                    break; // the kill has cut it off
                }
                String[] words = line.split(" ", -1);
                end = words[0];
                switch (words[0]) {
                    case "opened" -> {
                        store = words[1];
                        state = StorageState.valueOf(words[3]);
                        count("opened " + state);
                    }
                    case "found" ->
                        found.computeIfAbsent(words[1] + " " + words[2], any -> new TreeMap<>())
                                .put(Long.parseLong(words[4]), new Promise(Long.parseLong(words[3]), words[5]));
                    case "ready" -> {
                        compare(store, found);
                        ready = true;
                    }
                    case "sent" ->
                        lane(words[1] + " " + words[2])
                                .put(Long.parseLong(words[4]), new Promise(Long.parseLong(words[3]), words[5]));
                    case "ack" ->
                        lane(words[1] + " " + words[2])
                                .headMap(Long.parseLong(words[3]), true)
                                .clear();
                    case "state" -> count("state " + words[1]);
                    default -> {}
                }
                count(words[0]);
                if (ready && !killed && !acks.equals("drain") && --left <= 0) {
                    process.toHandle().destroyForcibly(); // SIGKILL, and what the journal still holds can be read
                    killed = true;
                    count("kill -9");
                }
                line = journal.readLine();
            }
            process.waitFor();
        } catch (InterruptedException e) {
            throw new IOException(e);
        } finally {
            process.destroyForcibly();
        }
        if (state == null || (!killed && !end.equals("closed"))) {
            throw new AssertionError("the process ended by itself with " + process.exitValue() + " after " + end);
        }
        return state;
    }

    private NavigableMap<Long, Promise> lane(String storeAndLane) {
        return promised.computeIfAbsent(storeAndLane, any -> new TreeMap<>());
    }

    private void compare(String store, Map<String, NavigableMap<Long, Promise>> found) {
        for (int lane = 0; lane < 4; lane++) {
            String key = store + " " + lane;
            NavigableMap<Long, Promise> there = found.getOrDefault(key, new TreeMap<>());
            long expected = there.isEmpty() ? 0 : there.firstKey();
            for (long seq : there.keySet()) {
                check(seq == expected, key + " has " + seq + " where " + expected + " was to come");
                expected++;
            }
            lane(key).forEach((seq, promise) -> {
                Promise now = there.get(seq);
                check(now != null, key + ": number " + seq + " was promised and is lost");
                check(
                        now != null && now.run == promise.run,
                        key + ": number " + seq + " changed its run: " + promise + ", now " + now);
                check(
                        now != null && (now.value.equals(promise.value) || now.value.equals("gap")),
                        key + ": number " + seq + " changed: " + promise + ", now " + now);
                check(
                        now != null && (!promise.value.equals("gap") || now.value.equals("gap")),
                        key + ": number " + seq + " was a gap and is an event again");
                count("promises kept");
            });
        }
    }

    private static void check(boolean kept, String what) {
        if (!kept) {
            throw new AssertionError(what);
        }
    }

    private void count(String what) {
        counts.merge(what, 1, Integer::sum);
    }
}
