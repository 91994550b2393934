package io.fleetline.bench.machine;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.Optional;

/**
 * What a figure was measured on.
 *
 * @param cores how many the JVM sees
 * @param cpu the model, as the system names it
 * @param memoryMebibytes of the whole machine
 * @param kernel name and version
 * @param jdk the virtual machine and its version
 */
public record MachineFacts(int cores, String cpu, long memoryMebibytes, String kernel, String jdk) {
    /** This machine. */
    public static MachineFacts ofThisMachine() {
        return new MachineFacts(
                Runtime.getRuntime().availableProcessors(),
                value("/proc/cpuinfo", "model name").orElse(System.getProperty("os.arch")),
                value("/proc/meminfo", "MemTotal")
                        .map(text -> Long.parseLong(text.replace("kB", "").strip()) / 1024)
                        .orElse(0L),
                System.getProperty("os.name") + " " + System.getProperty("os.version"),
                System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version"));
    }

    /** The commit that the running classes were built in, marked where the tree has changes; empty outside a checkout. */
    public static Optional<String> commit() {
        CodeSource source = MachineFacts.class.getProtectionDomain().getCodeSource();
        if (source == null) {
            return Optional.empty();
        }
        try {
            Path classes = Path.of(source.getLocation().toURI());
            String folder = (Files.isDirectory(classes) ? classes : classes.resolveSibling(".")).toString();
            return Commands.firstLine("git", "-C", folder, "describe", "--always", "--dirty", "--abbrev=12");
        } catch (URISyntaxException e) {
            return Optional.empty();
        }
    }

    /** How many processes wanted to run, on average over the last minute; empty where the system does not say. */
    public static Optional<Double> loadAverage() {
        try {
            String line = Files.readString(Path.of("/proc/loadavg"), StandardCharsets.US_ASCII);
            return Optional.of(Double.valueOf(line.substring(0, line.indexOf(' '))));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static Optional<String> value(String file, String key) {
        try {
            return Files.readAllLines(Path.of(file), StandardCharsets.UTF_8).stream()
                    .filter(line -> line.startsWith(key))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst();
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
