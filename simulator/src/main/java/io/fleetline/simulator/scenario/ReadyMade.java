package io.fleetline.simulator.scenario;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;

/** The scenarios that come with the simulator. */
public final class ReadyMade {
    private static final List<String> NAMES = List.of(
            "smoke",
            "steady",
            "reconnect-storm",
            "backlog-drain",
            "noisy-neighbour",
            "group-command",
            "capacity",
            "chaos");

    private ReadyMade() {}

    /** What they are called. */
    public static List<String> names() {
        return NAMES;
    }

    /** The scenario of this name, one of {@link #names}. */
    public static Scenario read(String name) {
        return Scenario.parse(text(name), name + ".yaml", Path.of(""));
    }

    /** The scenario of this name, one of {@link #names}, as it is written. */
    public static String text(String name) {
        try (InputStream in = ReadyMade.class.getResourceAsStream("ready/" + name + ".yaml")) {
            if (in == null) {
                throw new IllegalArgumentException("there is no ready-made scenario " + name);
            }
            return new String(in.readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
