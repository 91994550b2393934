package io.fleetline.cli;

import io.fleetline.cli.terminal.CliFailure;
import io.fleetline.cli.terminal.ExitCode;
import io.fleetline.cli.terminal.Interruption;
import io.fleetline.cli.terminal.LiveLine;
import io.fleetline.cli.terminal.SystemTime;
import java.io.PrintWriter;
import java.time.Duration;

/** Runs what shows how it goes and ends in good order at Ctrl-C. */
final class InterruptibleRun {
    /** What is run. */
    @FunctionalInterface
    interface Work {
        /** Returns the exit code. */
        int run(LiveLine line, Interruption interruption) throws InterruptedException;
    }

    private InterruptibleRun() {}

    /**
     * Runs it.
     *
     * @param grace how long it may go on after Ctrl-C
     * @return its exit code
     */
    static int run(PrintWriter out, Duration grace, Work work) throws InterruptedException {
        Interruption interruption = Interruption.listen(grace);
        LiveLine line = new LiveLine(out, LiveLine.onTerminal(), SystemTime::nanoTime);
        int exitCode = ExitCode.FAILED;
        try {
            exitCode = work.run(line, interruption);
        } catch (CliFailure e) {
            if (!interruption.isWished()) {
                throw e;
            }
            // The process ends as soon as this has ended: what there is to say is said here.
            line.say("fleetline: " + e.getMessage());
            exitCode = e.exitCode();
        } finally {
            line.end();
            interruption.ended(exitCode);
        }
        return exitCode;
    }
}
