package io.fleetline.examples.hostsensor;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.fleetline.protocol.DeviceId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A device's name and secret, as a file says them: one {@code tenant/device:secret} on each line, which is what HTTP
 * Basic credentials are made of. Empty lines, and lines that begin with {@code #}, say nothing.
 *
 * @param identity who the device is
 * @param secret what the registry made for it
 */
public record Credentials(DeviceId identity, String secret) {
    /**
     * Reads the credentials of one device.
     *
     * @param wanted which device; if empty, the first that the file names
     * @throws IOException if the file cannot be read
     * @throws IllegalArgumentException if it does not have these credentials; the message says why and in which line
     */
    public static Credentials read(Path file, Optional<DeviceId> wanted) throws IOException {
        List<Credentials> all = read(file);
        return all.stream()
                .filter(credentials -> wanted.isEmpty() || wanted.get().equals(credentials.identity))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(file + " has no credentials"
                        + wanted.map(id -> " of " + id).orElse("")));
    }

    /**
     * Reads all credentials in a file, in its order.
     *
     * @throws IOException if the file cannot be read
     * @throws IllegalArgumentException naming a line that is not of the form; never what stands in it
     */
    public static List<Credentials> read(Path file) throws IOException {
        List<Credentials> all = new ArrayList<>();
        int number = 0;
        for (String line : Files.readAllLines(file, UTF_8)) {
            number++;
            String text = line.strip();
            if (text.isEmpty() || text.startsWith("#")) {
                continue;
            }
            int colon = text.indexOf(':');
            if (colon < 0 || colon == text.length() - 1) {
                throw new IllegalArgumentException(
                        file + ", line " + number + " is not of the form tenant/device:secret");
            }
            try {
                all.add(new Credentials(DeviceId.parse(text.substring(0, colon)), text.substring(colon + 1)));
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(file + ", line " + number + ": " + e.getMessage(), e);
            }
        }
        return all;
    }

    /** Without the secret: this text may reach a log. */
    @Override
    public String toString() {
        return identity + ":[…]";
    }
}
