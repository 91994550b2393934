package io.fleetline.cli.simulate;

import io.fleetline.cli.terminal.CliFailure;
import io.fleetline.cli.terminal.ExitCode;
import io.fleetline.cli.terminal.LiveLine;
import io.fleetline.simulator.FleetProof;
import io.fleetline.simulator.Judgement;
import io.fleetline.simulator.Measured;
import io.fleetline.simulator.RunDirectory;
import io.fleetline.simulator.RunResult;
import io.fleetline.simulator.proof.DeviceTally;
import io.fleetline.simulator.proof.Fault;
import java.util.List;
import java.util.stream.Collectors;

/** Tells what came of a run, and turns it into an exit code. */
final class Conclusion {
    private static final int FAULTS_SHOWN = 10;
    private static final int DEVICES_SHOWN = 10;

    private final LiveLine line;

    Conclusion(LiveLine line) {
        this.line = line;
    }

    /** The worst comes first: what Kafka does not hold, then a run that does not count, then a threshold. */
    int tell(RunResult result, RunDirectory directory) {
        Measured measured = result.measured();
        line.say("Connected " + measured.connected() + " of " + measured.devices() + " at the end; "
                + measured.failures() + " connections or attempts ended.");
        line.say("Events: " + measured.due() + " due, " + measured.receipts() + " receipts, " + measured.dropped()
                + " dropped" + (measured.quiet() ? "." : "; of some it is not known how they ended."));
        if (!result.scenario().warmUp().isZero()) {
            line.say("Times after the warm-up of "
                    + Figures.time(result.scenario().warmUp()) + ":");
        }
        line.say("  due to receipt  " + Figures.percentiles(measured.ack()));
        if (measured.reader().count() > 0) {
            line.say("  due to reader   " + Figures.percentiles(measured.reader()));
        }
        if (measured.commands() > 0) {
            line.say("Commands: " + measured.commands() + " sent, " + measured.outcomes() + " outcomes heard.");
            line.say("  due to handler  " + Figures.percentiles(measured.handler()));
            line.say("  due to outcome  " + Figures.percentiles(measured.command()));
        }
        for (Judgement.Finding finding : result.judgement().findings()) {
            line.say((finding.met() ? "met     " : "MISSED  ") + finding);
        }
        int proof = tell(result.proof());
        result.validity().reasons().forEach(reason -> line.say("Not valid: " + reason + "."));
        line.say("Written to " + directory.report() + " and " + directory.result());
        if (proof != ExitCode.DONE) {
            return proof;
        }
        if (!result.validity().holds()) {
            return ExitCode.INVALID;
        }
        return result.judgement().met() ? ExitCode.DONE : ExitCode.MISSED;
    }

    /**
     * What a proof came to as an exit code.
     *
     * @throws CliFailure if it proves nothing
     */
    static int exitCode(FleetProof proof) {
        if (!proof.holds()) {
            return ExitCode.DISPROVED;
        }
        if (!proof.provesSomething()) {
            throw new CliFailure("no event got a receipt and no command was run: this run proves nothing");
        }
        return ExitCode.DONE;
    }

    /** Tells what a proof came to, and returns it as an exit code. */
    int tell(FleetProof proof) {
        int exitCode = exitCode(proof);
        if (exitCode == ExitCode.DISPROVED) {
            List<Fault> faults = proof.faults();
            line.say("Kafka does not hold what was promised; " + faults.size()
                    + (faults.size() == 1 ? " difference:" : " differences:"));
            faults.stream().limit(FAULTS_SHOWN).forEach(fault -> line.say("  " + fault));
            if (faults.size() > FAULTS_SHOWN) {
                line.say("  and " + (faults.size() - FAULTS_SHOWN) + " more; of each kind: " + kinds(proof));
            }
            tellDevices(proof);
            return exitCode;
        }
        line.say("Kafka holds what was promised: " + proof.raw().receipts() + " receipts, "
                + proof.raw().records() + " records read, " + proof.raw().repeats() + " repeats, " + proof.gaps()
                + " numbers declared as dropped, " + proof.late() + " late"
                + (proof.exact().isPresent() ? "; the exact topic has each once and in order" : "")
                + (proof.commands().commands() > 0
                        ? "; " + proof.commands().commands() + " commands, "
                                + proof.commands().run() + " run"
                        : "")
                + ".");
        return exitCode;
    }

    private static String kinds(FleetProof proof) {
        return proof.faultsByKind().entrySet().stream()
                .map(kind -> kind.getValue() + " " + kind.getKey())
                .collect(Collectors.joining(", "));
    }

    /** Tells of the devices of which there is most to tell, the worst first. */
    void tellDevices(FleetProof proof) {
        List<DeviceTally> worst = proof.worst(DEVICES_SHOWN);
        if (worst.isEmpty()) {
            return;
        }
        long all =
                proof.devices().stream().filter(DeviceTally::hasSomethingToTell).count();
        line.say(all > worst.size() ? "The worst " + worst.size() + " of " + all + " devices:" : "By device:");
        worst.forEach(tally -> line.say("  " + Figures.tally(tally)));
    }
}
