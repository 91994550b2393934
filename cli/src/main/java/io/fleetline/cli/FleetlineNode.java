package io.fleetline.cli;

import picocli.CommandLine.Command;

/**
 * The {@code fleetline} command of an installed node: what an operator needs, and none of the verbs for trying out, whose
 * libraries (a broker among them) are not installed.
 */
@Command(
        subcommands = {
            ServerVerb.class,
            TailVerb.class,
            CommandVerb.class,
            DeadLettersVerb.class,
            DevicesVerb.class,
            TenantsVerb.class
        })
public final class FleetlineNode extends FleetlineCommand {
    private FleetlineNode() {}

    /** Runs the command and ends the JVM with its exit code. */
    public static void main(String[] args) {
        new FleetlineNode().runAndExit(args);
    }
}
