package io.fleetline.examples.hostsensor;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A program of this machine that answers with one line. */
@FunctionalInterface
interface Program {
    /** What it prints first; empty if it is missing, fails or takes longer than 2 s. */
    Optional<String> run(String argument);

    /** The program of this name in the directories of {@code PATH}; one that is missing is not looked for again. */
    static Program named(String name) {
        String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
        for (String directory : path.split(File.pathSeparator, -1)) {
            Path file = Path.of(directory, name);
            if (Files.isExecutable(file)) {
                return argument -> run(file, argument);
            }
        }
        return argument -> Optional.empty();
    }

    private static Optional<String> run(Path file, String argument) {
        try {
            Process process = new ProcessBuilder(file.toString(), argument)
                    .redirectErrorStream(true)
                    .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                    .start();
            try {
                // What it prints fits into the pipe, so it need not be read meanwhile.
                if (!process.waitFor(2, TimeUnit.SECONDS) || process.exitValue() != 0) {
                    return Optional.empty();
                }
                return new String(process.getInputStream().readNBytes(4096), UTF_8)
                        .lines()
                        .findFirst()
                        .map(String::strip);
            } finally {
                process.destroyForcibly();
            }
        } catch (IOException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }
}
