package io.fleetline.simulator;

import java.io.IOException;
import java.io.Reader;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;

/**
 * What must be known of a run to prove it later: a file beside its journal.
 *
 * @param run names it
 * @param scenario the scenario's name
 * @param seed the seed that it was played with
 * @param beganMillis when it began, Unix time in ms
 * @param topics the topics that it had to do with
 * @param offsets where each partition of each topic ended when the run began
 * @param ownBrokers how many brokers it had of its own, whose data lies in the run's directory
 * @param lateAfterMillis after how long an event counts as late
 */
public record RunFacts(
        String run,
        String scenario,
        long seed,
        long beganMillis,
        FleetTarget.TopicSet topics,
        Map<String, Map<Integer, Long>> offsets,
        int ownBrokers,
        long lateAfterMillis) {
    private static final String FORM = "1";

    /** Writes the file. */
    void write(Path file) throws IOException {
        Properties properties = new Properties();
        properties.setProperty("form", FORM);
        properties.setProperty("run", run);
        properties.setProperty("scenario", scenario);
        properties.setProperty("seed", Long.toString(seed));
        properties.setProperty("began", Long.toString(beganMillis));
        properties.setProperty("topic.events", topics.events());
        topics.exact().ifPresent(name -> properties.setProperty("topic.exact", name));
        properties.setProperty("topic.commands", topics.commands());
        properties.setProperty("topic.updates", topics.updates());
        properties.setProperty("own-brokers", Integer.toString(ownBrokers));
        properties.setProperty("late-after", Long.toString(lateAfterMillis));
        offsets.forEach((topic, ends) -> ends.forEach(
                (partition, end) -> properties.setProperty("offset." + topic + ":" + partition, Long.toString(end))));
        StringWriter text = new StringWriter();
        properties.store(text, "What `fleetline prove` has to know of this run.");
        Files.writeString(file, text.toString());
    }

    /**
     * Reads the file.
     *
     * @throws IOException if it cannot be read or is not of its form
     */
    static RunFacts read(Path file) throws IOException {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            properties.load(reader);
        }
        if (!FORM.equals(properties.getProperty("form"))) {
            throw new IOException(file + " is of form " + properties.getProperty("form") + ", not " + FORM);
        }
        Map<String, Map<Integer, Long>> offsets = new HashMap<>();
        try {
            for (String name : properties.stringPropertyNames()) {
                if (name.startsWith("offset.")) {
                    int colon = name.lastIndexOf(':');
                    offsets.computeIfAbsent(name.substring("offset.".length(), colon), topic -> new TreeMap<>())
                            .put(
                                    Integer.parseInt(name.substring(colon + 1)),
                                    Long.parseLong(required(properties, name, file)));
                }
            }
            return new RunFacts(
                    required(properties, "run", file),
                    required(properties, "scenario", file),
                    Long.parseLong(required(properties, "seed", file)),
                    Long.parseLong(required(properties, "began", file)),
                    new FleetTarget.TopicSet(
                            required(properties, "topic.events", file),
                            Optional.ofNullable(properties.getProperty("topic.exact")),
                            required(properties, "topic.commands", file),
                            required(properties, "topic.updates", file)),
                    offsets,
                    Integer.parseInt(required(properties, "own-brokers", file)),
                    Long.parseLong(required(properties, "late-after", file)));
        } catch (NumberFormatException | StringIndexOutOfBoundsException e) {
            throw new IOException(file + " is damaged: " + e.getMessage(), e);
        }
    }

    private static String required(Properties properties, String key, Path file) throws IOException {
        String value = properties.getProperty(key);
        if (value == null) {
            throw new IOException(file + " does not say " + key);
        }
        return value;
    }
}
