package io.fleetline.ingest;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a node that is a process of its own writes down, and how.
 *
 * @param format how lines look
 * @param level from which level on Fleetline's own lines are written
 * @param libraries from which level on those of libraries are
 * @param levels the same for loggers by name, and for those whose names begin so; wins over both
 */
public record LogConfig(Format format, Level level, Level libraries, Map<String, Level> levels) {
    /** How lines look. */
    public enum Format {
        /** Text on a terminal, JSON elsewhere. */
        AUTO,
        /** A line of text, for people. */
        TEXT,
        /** A JSON object on each line, for what collects logs. */
        JSON
    }

    /** How much is worth a line. */
    public enum Level {
        /** Every step. */
        TRACE,
        /** What helps to find out why. */
        DEBUG,
        /** What happened. */
        INFO,
        /** What somebody should look at. */
        WARN,
        /** What failed. */
        ERROR,
        /** Nothing. */
        OFF
    }

    /** What happened here, and what libraries think should be looked at. */
    public static final LogConfig DEFAULTS = new LogConfig(Format.AUTO, Level.INFO, Level.WARN, Map.of());

    /** Keeps its own copy, in the order of the names. */
    public LogConfig {
        levels = Collections.unmodifiableMap(new TreeMap<>(levels));
    }
}
