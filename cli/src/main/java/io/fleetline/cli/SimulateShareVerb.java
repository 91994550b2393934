package io.fleetline.cli;

import io.fleetline.cli.terminal.CliFailure;
import io.fleetline.cli.terminal.ExitCode;
import io.fleetline.cli.terminal.FileTrouble;
import io.fleetline.cli.terminal.Interruption;
import io.fleetline.cli.terminal.Logging;
import io.fleetline.cli.terminal.SystemTime;
import io.fleetline.simulator.SharePlayer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** Plays a share of a fleet for the {@code simulate} that has started this process. */
@Command(name = "simulate-share", hidden = true, description = "Started by simulate --processes, and by nobody else.")
final class SimulateShareVerb implements Callable<Integer> {
    /** Ctrl-C reaches all processes of a terminal; what it means for the run, the one that plays it decides. */
    private static final Duration LONGER_THAN_THE_RUN = Duration.ofMinutes(10);

    @Override
    public Integer call() throws InterruptedException {
        PrintStream answers = System.out;
        System.setOut(System.err); // what libraries print is no answer
        Interruption interruption = Interruption.listen(LONGER_THAN_THE_RUN);
        try (OutputStream out = answers) {
            SharePlayer.play(System.in, out, SystemTime::nanoTime, SystemTime.clock(), Logging::toFile);
        } catch (IOException e) {
            throw new CliFailure("the share was not played to its end: " + FileTrouble.describe(e), e);
        } finally {
            interruption.ended(ExitCode.DONE);
        }
        return ExitCode.DONE;
    }
}
