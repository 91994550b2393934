package io.fleetline.cli.dev;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.fleetline.cli.terminal.CliFailure;
import io.fleetline.cli.terminal.FileTrouble;
import io.fleetline.protocol.DeviceId;
import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Collectors;

/**
 * Where everything of a running dev instance is: what it tells its companions, {@code tail}, {@code command} and
 * {@code sensor}, in its state directory.
 *
 * @param endpoints where its nodes listen for devices
 * @param authority the certificate to trust, PEM
 * @param bootstrap Kafka's bootstrap servers
 * @param credentials the file with the devices' secrets
 */
public record Instance(List<URI> endpoints, Path authority, String bootstrap, Path credentials) {
    private static final String FILE = "instance.properties";

    /** The device that is registered for whoever wants to join as one. */
    public static final DeviceId GUEST = new DeviceId("demo", "guest");

    /** Keeps its own copy of the list. */
    public Instance {
        endpoints = List.copyOf(endpoints);
    }

    /** Tells it to the companions, at once or not at all. */
    void writeTo(StateDirectory state) {
        String text = "# Where everything of the running `fleetline dev` is.\n"
                + property("endpoints", endpoints.stream().map(URI::toString).collect(Collectors.joining(",")))
                + property("authority", authority.toString())
                + property("bootstrap", bootstrap)
                + property("credentials", credentials.toString());
        Path file = state.resolve(FILE);
        try {
            PrivateFile.writePrivate(file, text);
        } catch (IOException e) {
            throw new CliFailure("cannot write " + file + ": " + FileTrouble.describe(e), e);
        }
    }

    /** Takes it back. */
    static void removeFrom(StateDirectory state) {
        try {
            Files.deleteIfExists(state.resolve(FILE));
        } catch (IOException e) {
            // Companions look for the lock first; what the file says no longer matters.
        }
    }

    /**
     * The instance that a companion is to join.
     *
     * @param state its state directory; if empty, the nearest from the working directory upwards
     * @throws CliFailure if there is none, or it does not run, or is not ready
     */
    public static Instance of(Optional<Path> state) {
        return state.map(Instance::runningIn).orElseGet(() -> running(Path.of("")));
    }

    /**
     * The instance that runs in this directory or the nearest one above that has a state directory.
     *
     * @throws CliFailure if there is none, or it does not run, or is not ready
     */
    public static Instance running(Path from) {
        Path state = StateDirectory.find(from)
                .orElseThrow(() -> new CliFailure("found no " + StateDirectory.NAME + " in "
                        + from.toAbsolutePath().normalize()
                        + " or above it: start 'fleetline dev' first, or say where the other side is (see --help)"));
        return runningIn(state);
    }

    /**
     * The instance that holds this state directory.
     *
     * @throws CliFailure if it does not run, or is not ready
     */
    public static Instance runningIn(Path state) {
        if (!StateDirectory.isHeld(state)) {
            throw new CliFailure("no fleetline dev runs on " + state
                    + ": start it first, or say where the other side is (see --help)");
        }
        Path file = state.resolve(FILE);
        Properties properties = new Properties();
        try (Reader reader = new StringReader(Files.readString(file, UTF_8))) {
            properties.load(reader);
        } catch (IOException e) {
            throw new CliFailure("the fleetline dev on " + state + " is not ready yet", e);
        }
        List<URI> endpoints = Arrays.stream(
                        required(properties, "endpoints", file).split(",", -1))
                .map(URI::create)
                .toList();
        return new Instance(
                endpoints,
                Path.of(required(properties, "authority", file)),
                required(properties, "bootstrap", file),
                Path.of(required(properties, "credentials", file)));
    }

    private static String required(Properties properties, String key, Path file) {
        String value = properties.getProperty(key);
        if (value == null) {
            throw new CliFailure(file + " does not say " + key + "; another version of fleetline wrote it");
        }
        return value;
    }

    /** A line of {@code java.util.Properties}: backslashes, and spaces that begin a value, would be lost unescaped. */
    private static String property(String key, String value) {
        String escaped = value.replace("\\", "\\\\");
        return key + "=" + (escaped.startsWith(" ") ? "\\" : "") + escaped + "\n";
    }
}
