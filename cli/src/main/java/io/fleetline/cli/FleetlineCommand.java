package io.fleetline.cli;

import io.fleetline.cli.terminal.CliFailure;
import io.fleetline.cli.terminal.ExitCode;
import io.fleetline.cli.terminal.Logging;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.UnmatchedArgumentException;

/** What every {@code fleetline} command does: finds the verb, runs it, turns what went wrong into one sentence. */
@Command(
        name = "fleetline",
        description = "IoT telemetry over WebSockets into Kafka, with receipts that mean \"stored\".",
        synopsisSubcommandLabel = "VERB",
        commandListHeading = "%nVerbs:%n",
        optionListHeading = "%nOptions:%n",
        mixinStandardHelpOptions = true,
        scope = ScopeType.INHERIT,
        versionProvider = FleetlineCommand.Version.class,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done as asked",
            "1:could not be done; the message says why",
            "2:wrong command line",
            "3:dev, simulate, prove: Kafka does not hold what was promised",
            "4:command: the device reports that it did not succeed, or it will never run",
            "5:command: no outcome in the time given by --wait",
            "6:simulate: a threshold was missed; capacity: not even the least held",
            "7:simulate: the simulator was the bottleneck or an outage failed, the run says nothing",
            "130:ended by Ctrl-C before it was done"
        },
        footerHeading = "%nEnvironment:%n",
        footer = {
            "  NO_COLOR               any value: no colours",
            "  JAVA_HOME              the JDK to run on (17 or newer)",
            "  FLEETLINE_JAVA_OPTS    further options for the JVM",
            "  FLEETLINE_ADMIN_TOKEN  a token of the admin API, for devices and tenants"
        })
abstract class FleetlineCommand implements Runnable {
    @Option(
            names = "--verbose",
            scope = ScopeType.INHERIT,
            description = "Show the log on standard error, and the stack trace of what went wrong.")
    private boolean verbose;

    @CommandLine.Spec
    private CommandLine.Model.@Nullable CommandSpec spec;

    /** Runs the command and ends the JVM with its exit code. */
    final void runAndExit(String[] args) {
        PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
        PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
        System.exit(execute(out, err, args));
    }

    /** Runs the command with these arguments and returns its exit code. */
    final int execute(PrintWriter out, PrintWriter err, String... args) {
        CommandLine line = new CommandLine(this)
                .setOut(out)
                .setErr(err)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setUsageHelpAutoWidth(false)
                .setParameterExceptionHandler(FleetlineCommand::wrongCommandLine)
                .setExecutionExceptionHandler(this::failed)
                .setExecutionStrategy(this::execute);
        int exitCode = line.execute(args);
        out.flush(); // what does not end with println
        err.flush();
        return exitCode;
    }

    /** No verb at all: say what there is. */
    @Override
    public void run() {
        throw new ParameterException(
                Objects.requireNonNull(spec).commandLine(), "no verb; fleetline needs one of those below");
    }

    private int execute(ParseResult parsed) {
        Logging.quiet();
        if (verbose) {
            Logging.toStandardError();
        }
        return new CommandLine.RunLast().execute(parsed);
    }

    private int failed(Exception failure, CommandLine line, ParseResult parsed) {
        PrintWriter err = line.getErr();
        if (verbose) {
            failure.printStackTrace(err);
        }
        if (failure instanceof CliFailure known) {
            say(line, known.getMessage());
            return known.exitCode();
        }
        say(line, "unexpected " + failure + (verbose ? "" : " (--verbose shows where)"));
        return ExitCode.FAILED;
    }

    private static int wrongCommandLine(ParameterException wrong, String[] args) {
        CommandLine line = wrong.getCommandLine();
        PrintWriter err = line.getErr();
        say(line, firstLine(wrong.getMessage()));
        String name = line.getCommandSpec().qualifiedName();
        if (!UnmatchedArgumentException.printSuggestions(wrong, err)
                && line.getParent() == null
                && !(wrong instanceof UnmatchedArgumentException)) {
            line.usage(err, line.getColorScheme());
        } else {
            err.println("Try '" + name + " --help'.");
        }
        return ExitCode.USAGE;
    }

    private static void say(CommandLine line, @Nullable String sentence) {
        line.getErr().println(line.getColorScheme().errorText("fleetline: " + sentence));
    }

    private static String firstLine(@Nullable String text) {
        return text == null ? "" : text.lines().findFirst().orElse("");
    }

    /** The version that the jar's manifest states, and the JVM's. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = FleetlineCommand.class.getPackage().getImplementationVersion();
            return new String[] {
                "fleetline " + (version == null ? "(from classes)" : version) + ", Java " + Runtime.version()
            };
        }
    }
}
