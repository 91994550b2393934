package io.fleetline.cli.simulate;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** A command line as it is kept with a run: as one would type it, and without secrets. */
final class CommandLineText {
    /** A setting of a node or of Kafka whose value is nobody's business. */
    private static final Pattern SECRET =
            Pattern.compile("([^=]*(?:password|secret|token|jaas)[^=]*=).*", Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9@%_+=:,./-]+");

    private CommandLineText() {}

    static String of(List<String> arguments) {
        return "fleetline "
                + arguments.stream()
                        .map(argument -> quoted(SECRET.matcher(argument).replaceFirst("$1***")))
                        .collect(Collectors.joining(" "));
    }

    /** As a POSIX shell takes it for one word. */
    private static String quoted(String argument) {
        return PLAIN.matcher(argument.replace("***", "")).matches()
                ? argument
                : "'" + argument.replace("'", "'\\''") + "'";
    }
}
