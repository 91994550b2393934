package io.fleetline.cli;

import io.fleetline.cli.terminal.SystemTime;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import org.jspecify.annotations.Nullable;

/** Where runs go of which the command line does not say where. */
final class RunsDirectory {
    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss").withZone(ZoneOffset.UTC);

    private RunsDirectory() {}

    /** The directory that was asked for, or a new one named for this and the time. */
    static Path orNew(@Nullable Path asked, String name) {
        return asked != null
                ? asked
                : Path.of(
                        "fleetline-runs",
                        name + "-" + STAMP.format(SystemTime.clock().instant()));
    }
}
