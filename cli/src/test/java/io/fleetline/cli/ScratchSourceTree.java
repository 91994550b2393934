package io.fleetline.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A source tree with the real launcher in it, where {@code mvn} and {@code java} are small scripts: the one leaves a
 * class path and notes that it ran, the other prints what it was given.
 */
final class ScratchSourceTree {
    record Result(int exitCode, String out, String err) {}

    private final Path base;
    private final Path root;
    private final Path tools;
    private final Map<String, String> environment = new HashMap<>();

    ScratchSourceTree(Path base) {
        this.base = base;
        this.root = base.resolve("source tree");
        this.tools = base.resolve("tools");
        try {
            Files.createDirectories(root.resolve("cli/src/main/java"));
            Files.createDirectories(root.resolve("protocol/src/main/java"));
            Files.createDirectories(tools);
            Files.copy(launcher(), root.resolve("fleetline"));
            write("pom.xml", "<project/>");
            write("cli/pom.xml", "<project/>");
            write("cli/src/main/java/Some.java", "class Some {}");
            age(root, Duration.ofMinutes(1));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        addMaven();
        environment.put("PATH", tools + ":/usr/bin:/bin");
        useJdk("17.0.15");
    }

    private static Path launcher() {
        Path here = Path.of("").toAbsolutePath();
        Path inRoot = here.resolve("fleetline");
        return Files.isRegularFile(inRoot) ? inRoot : here.resolveSibling("fleetline");
    }

    Path root() {
        return root;
    }

    /** Takes the JDK of this version, of which nothing but the launcher's way to it is real. */
    Path useJdk(String version) {
        Path home = base.resolve("jdk " + version);
        script(home.resolve("bin/java"), """
                if [ "${1:-}" = -version ]; then echo 'openjdk version "%s" 2025-04-15' >&2; exit; fi
                for argument in "$@"; do printf '<%%s>' "$argument"; done; echo
                """.formatted(version));
        script(home.resolve("bin/javac"), "exit 0");
        write(home.resolve("release"), "IMPLEMENTOR=\"Somebody\"\nJAVA_VERSION=\"" + version + "\"\n");
        environment.put("JAVA_HOME", home.toString());
        return home;
    }

    /** Sets a variable of the environment, or takes it away. */
    void environment(String name, String value) {
        if (value == null) {
            environment.remove(name);
        } else {
            environment.put(name, value);
        }
    }

    /** A build that takes as long as it takes a file named {@code go} to appear, when {@code waits} is there. */
    private void addMaven() {
        script(tools.resolve("mvn"), """
                echo "$PWD: $*" >> builds.log
                if [ -e waits ]; then
                    while [ ! -e go ]; do sleep 0.05; done
                fi
                [ ! -e broken ] || { echo '[ERROR] it does not compile' ; exit 1; }
                mkdir -p cli/target protocol/target
                echo a > cli/target/fleetline-cli.jar
                echo b > protocol/target/fleetline-protocol-1.jar
                echo c > "../third party.jar"
                printf '%s' "$PWD/protocol/target/fleetline-protocol-1.jar:${PWD%/*}/third party.jar" > cli/target/class-path
                """);
    }

    void removeMaven() throws IOException {
        Files.delete(tools.resolve("mvn"));
    }

    /** How often the build ran. */
    long builds() throws IOException {
        Path log = root.resolve("builds.log");
        return Files.exists(log) ? Files.readAllLines(log).size() : 0;
    }

    void write(String path, String text) {
        write(root.resolve(path), text);
    }

    /** Lets everything look as if it had been written that much earlier than it was. */
    static void age(Path tree, Duration by) throws IOException {
        List<Path> all;
        try (var walk = Files.walk(tree)) {
            all = walk.toList();
        }
        for (Path path : all) {
            FileTime time = Files.getLastModifiedTime(path);
            Files.setLastModifiedTime(path, FileTime.from(time.toInstant().minus(by)));
        }
    }

    Result run(String... arguments) throws IOException, InterruptedException {
        return run(base, root.resolve("fleetline"), arguments);
    }

    Result run(Path directory, Path launcher, String... arguments) throws IOException, InterruptedException {
        return finish(start(directory, launcher, arguments));
    }

    Process start(Path directory, Path launcher, String... arguments) throws IOException {
        ProcessBuilder builder = new ProcessBuilder();
        builder.command().add(launcher.toString());
        builder.command().addAll(List.of(arguments));
        builder.directory(directory.toFile());
        builder.environment().clear();
        builder.environment().putAll(environment);
        return builder.start();
    }

    static Result finish(Process process) throws IOException, InterruptedException {
        String out = new String(process.getInputStream().readAllBytes(), UTF_8);
        String err = new String(process.getErrorStream().readAllBytes(), UTF_8);
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError("the launcher did not end; it said " + out + err);
        }
        return new Result(process.exitValue(), out, err);
    }

    static void script(Path file, String body) {
        write(file, "#!/bin/sh\n" + body);
        try {
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void write(Path file, String text) {
        try {
            Files.createDirectories(file.getParent());
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
