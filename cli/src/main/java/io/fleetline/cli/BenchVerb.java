package io.fleetline.cli;

import io.fleetline.bench.Benchmarks;
import io.fleetline.bench.NotMeasuredException;
import io.fleetline.cli.terminal.CliFailure;
import io.fleetline.cli.terminal.ExitCode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Measures Fleetline beside what it is compared with. */
@Command(
        name = "bench",
        description = "Measure Fleetline side by side with what it is compared with.",
        synopsisSubcommandLabel = "(list | run NAME [--quick])")
final class BenchVerb implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    /** Neither list nor run. */
    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "bench takes 'list' or 'run NAME'");
    }

    @Command(name = "list", description = "Show what can be measured.")
    int list() {
        Benchmarks.all().list().forEach(spec.commandLine().getOut()::println);
        return ExitCode.DONE;
    }

    @Command(name = "run", description = "Measure one: a table, and one line of JSON.")
    int run(
            @Parameters(paramLabel = "NAME", description = "What to measure, as 'bench list' names it.") String name,
            @Option(names = "--quick", description = "Within 45 s instead of 5 min, and less exact.") boolean quick) {
        try {
            Benchmarks.all().run(name, quick, System.out);
            return ExitCode.DONE;
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        } catch (NotMeasuredException | UnsupportedOperationException e) {
            throw new CliFailure(String.valueOf(e.getMessage()), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CliFailure(ExitCode.INTERRUPTED, "the measurement was interrupted", e);
        }
    }
}
