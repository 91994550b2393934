package io.fleetline.devkafka;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** The command line of a JVM like this one for a broker of its own. */
final class JavaCommand {

    private static final Path SHELL = Path.of("/bin/sh");

    /** Small and quick to start: a broker for trying out is up for minutes and idles most of them. */
    private static final List<String> OPTIONS = List.of(
            "-Xms64m",
            "-Xmx384m",
            "-Xss512k",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-XX:-UsePerfData",
            "-XX:+ExitOnOutOfMemoryError",
            "-XX:+DisplayVMOutputToStderr",
            "-Djava.awt.headless=true");

    private static final List<String> OPTION_VARIABLES =
            List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS");

    private JavaCommand() {}

    static boolean hasShell() {
        return Files.isExecutable(SHELL);
    }

    /**
     * The command that runs what the file says. A terminal sends Ctrl-C to all processes that it runs; the shell makes the
     * broker deaf to it, because whoever started the broker decides when it ends.
     */
    static ProcessBuilder of(Path argumentsFile) {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        String arguments = "@" + argumentsFile;
        ProcessBuilder command = hasShell()
                ? new ProcessBuilder(
                        SHELL.toString(), "-c", "trap '' INT; exec \"$@\"", "fleetline-broker", java, arguments)
                : new ProcessBuilder(java, arguments);
        // Meant for the JVM that started this one; a debugger's port, for instance, cannot be had twice.
        command.environment().keySet().removeAll(OPTION_VARIABLES);
        return command;
    }

    /** Writes options, class path (often too long for a command line), main class and its arguments to a file. */
    static void writeArguments(Path file, List<String> jvmOptions, Class<?> program, List<String> programArguments)
            throws IOException {
        List<String> arguments = new ArrayList<>(OPTIONS);
        arguments.addAll(optionsOfNewerJdks(Runtime.version().feature()));
        arguments.add("-Dslf4j.provider=io.fleetline.devkafka.node.BrokerLogging");
        arguments.addAll(jvmOptions);
        arguments.add("-cp");
        arguments.add(
                ClassPath.ofThisJvm().stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator)));
        arguments.add(program.getName());
        arguments.addAll(programArguments);
        Files.write(file, arguments.stream().map(JavaCommand::quoted).toList());
    }

    private static List<String> optionsOfNewerJdks(int feature) {
        List<String> options = new ArrayList<>();
        if (feature >= 22) {
            // For the compression libraries.
            options.add("--enable-native-access=ALL-UNNAMED");
        }
        if (feature >= 23) {
            // Kafka's.
            options.add("--sun-misc-unsafe-memory-access=allow");
        }
        return options;
    }

    /** As the java launcher reads argument files: in double quotes with backslashes doubled. */
    private static String quoted(String argument) {
        return '"' + argument.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
