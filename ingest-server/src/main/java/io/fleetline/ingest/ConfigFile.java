package io.fleetline.ingest;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A configuration file with what is set beside it, read again when it changes. Thread-safe. */
public final class ConfigFile {
    private final Path file;
    private final List<ConfigOverride> overrides;

    /** What was read last, good or not: trouble is worth one line for each change. Guarded by this. */
    private byte[] seen = {};

    private ConfigFile(Path file, List<ConfigOverride> overrides) {
        this.file = file;
        this.overrides = overrides;
    }

    /**
     * A YAML file, of the form of {@link IngestConfig#read}, and what is set beside it under the same names.
     *
     * @param environment variables that begin with {@code FLEETLINE_SERVER_}, followed by a key in capitals with {@code _} for
     *     each dot, win over the file; other variables are of no interest
     * @param options {@code KEY=VALUE}, such as {@code listener.port=443}; they win over both
     * @throws IllegalArgumentException naming the variable or the option that names no key
     */
    public static ConfigFile of(Path yaml, Map<String, String> environment, List<String> options) {
        List<ConfigOverride> overrides = new ArrayList<>(ConfigOverride.of(environment));
        options.forEach(option -> overrides.add(ConfigOverride.of(option)));
        return new ConfigFile(yaml, overrides);
    }

    /**
     * Reads it.
     *
     * @throws IllegalArgumentException naming the file and the line, the variable or the option, and the key
     */
    public synchronized IngestConfig read() {
        seen = bytes();
        return ConfigReader.parse(new String(seen, StandardCharsets.UTF_8), file.toString(), overrides);
    }

    /**
     * Reads it if its bytes are others than the last time: a time stamp may lie.
     *
     * @throws IllegalArgumentException as {@link #read}; the next time it is read only after another change
     */
    synchronized Optional<IngestConfig> readIfChanged() {
        return Arrays.equals(bytes(), seen) ? Optional.empty() : Optional.of(read());
    }

    private byte[] bytes() {
        try {
            return Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            throw new IllegalArgumentException("there is no configuration file " + file, e);
        } catch (AccessDeniedException e) {
            throw new IllegalArgumentException(
                    "the configuration file " + file + " may not be read by the node's user", e);
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "the configuration file " + file + " cannot be read: " + e.getMessage(), e);
        }
    }

    @Override
    public String toString() {
        return file.toString();
    }
}
