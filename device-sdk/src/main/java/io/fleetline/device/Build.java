package io.fleetline.device;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.Properties;

/** What the build knew: written into a resource of this library. */
final class Build {
    private static final Properties PROPERTIES = properties();

    /** The version. */
    static final String VERSION = PROPERTIES.getProperty("version", "unknown");

    /** When it was built, Unix time in ms: whatever a device's clock says, it is not earlier than that. */
    static final long MILLIS = Instant.parse(PROPERTIES.getProperty("built", "2026-01-01T00:00:00Z"))
            .toEpochMilli();

    private Build() {}

    private static Properties properties() {
        Properties properties = new Properties();
        try (InputStream in = Build.class.getResourceAsStream("build.properties")) {
            if (in != null) {
                properties.load(in);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read build.properties of this library", e);
        }
        return properties;
    }
}
