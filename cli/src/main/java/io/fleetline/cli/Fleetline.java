package io.fleetline.cli;

import java.io.PrintWriter;
import picocli.CommandLine.Command;

/** The {@code fleetline} command of the source tree, with all its verbs. */
@Command(
        subcommands = {
            DevVerb.class,
            TailVerb.class,
            CommandVerb.class,
            DeadLettersVerb.class,
            SensorVerb.class,
            ServerVerb.class,
            ExactVerb.class,
            DevicesVerb.class,
            TenantsVerb.class,
            SimulateVerb.class,
            SimulateShareVerb.class,
            ProveVerb.class,
            CapacityVerb.class,
            BenchVerb.class
        })
public final class Fleetline extends FleetlineCommand {
    private Fleetline() {}

    /** Runs the command and ends the JVM with its exit code. */
    public static void main(String[] args) {
        new Fleetline().runAndExit(args);
    }

    /** Runs the command with these arguments and returns its exit code. */
    static int run(PrintWriter out, PrintWriter err, String... args) {
        return new Fleetline().execute(out, err, args);
    }
}
