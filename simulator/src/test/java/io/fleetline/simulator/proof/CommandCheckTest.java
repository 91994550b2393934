package io.fleetline.simulator.proof;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetline.protocol.CommandState;
import io.fleetline.protocol.DeviceId;
import io.fleetline.protocol.OutcomeStatus;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommandCheckTest {
    private static final DeviceId PUMP = DeviceId.parse("sim/pump-1");

    @TempDir
    private Path directory;

    private Path file;
    private Journal journal;
    private final List<StoredUpdate> log = new ArrayList<>();

    @BeforeEach
    void begin() throws IOException {
        file = directory.resolve("journal");
        journal = Journal.create(file);
        journal.run("r", 0);
        journal.commandStored(PUMP, "c1");
    }

    private void ran(OutcomeStatus status) {
        journal.handlerBegan(PUMP, "c1");
        journal.handlerEnded(PUMP, "c1", status);
    }

    @Test
    void aCommandThatRanOnceAndWhoseOutcomeIsThereIsAsItShouldBe() throws Exception {
        ran(OutcomeStatus.SUCCEEDED);
        journal.outcomeHeard(PUMP, "c1", CommandState.SUCCEEDED);
        byNode("SENT");
        byDevice("SUCCEEDED", 1);
        byDevice("SUCCEEDED", 1);

        CommandCheck.Verdict verdict = check(true);

        assertThat(verdict.holds()).as(verdict.toString()).isTrue();
        assertThat(verdict.commands()).isEqualTo(1);
        assertThat(verdict.run()).isEqualTo(1);
        assertThat(verdict.records()).isEqualTo(3);
    }

    @Test
    void aHandlerThatIsCalledTwiceIsFound() throws Exception {
        ran(OutcomeStatus.SUCCEEDED);
        ran(OutcomeStatus.SUCCEEDED);
        byDevice("SUCCEEDED", 1);

        assertThat(kinds(true)).containsExactly(Fault.Kind.COMMAND_REPEATED);
    }

    @Test
    void aCommandIsLostIfNoNodeWasEndedWithoutWarning() throws Exception {
        journal.outage("PAUSE", "node-1");
        journal.outage("KILL", "broker-1");
        byNode("SENT");

        assertThat(kinds(true)).containsExactly(Fault.Kind.COMMAND_LOST);
    }

    @Test
    void aCommandThatANodeHadMayGoWithTheNode() throws Exception {
        journal.outage("KILL", "node-1");
        byNode("SENT");

        assertThat(kinds(true)).isEmpty();
    }

    @Test
    void twoDifferentOutcomesAreFound() throws Exception {
        ran(OutcomeStatus.FAILED);
        byDevice("FAILED", 1);
        byDevice("SUCCEEDED", 2);

        assertThat(kinds(true)).containsExactlyInAnyOrder(Fault.Kind.OUTCOME_DOUBLED, Fault.Kind.OUTCOME_INVENTED);
    }

    @Test
    void anOutcomeThatWasAskedForAgainMayBeToldAgain() throws Exception {
        ran(OutcomeStatus.FAILED);
        byNode("SENT");
        byDevice("FAILED", 1);
        byNode("SENT");
        byDevice("FAILED", 2);

        assertThat(kinds(true)).isEmpty();
    }

    @Test
    void anOutcomeThatIsNotThereIsFoundOnceAllIsOver() throws Exception {
        ran(OutcomeStatus.SUCCEEDED);
        byNode("SENT");

        assertThat(kinds(true)).containsExactly(Fault.Kind.OUTCOME_LOST);
        begin(directory.resolve("other"));
        ran(OutcomeStatus.SUCCEEDED);
        assertThat(kinds(false)).isEmpty();
    }

    @Test
    void anOutcomeThatNoHandlerCameToIsFound() throws Exception {
        byDevice("SUCCEEDED", 1);

        assertThat(kinds(true)).containsExactly(Fault.Kind.OUTCOME_INVENTED);
    }

    @Test
    void anotherOutcomeThanTheHandlersIsFoundAlsoWhereItWasHeard() throws Exception {
        ran(OutcomeStatus.FAILED);
        byDevice("SUCCEEDED", 1);
        journal.outcomeHeard(PUMP, "c1", CommandState.SUCCEEDED);

        assertThat(kinds(true)).containsExactly(Fault.Kind.OUTCOME_INVENTED, Fault.Kind.OUTCOME_INVENTED);
    }

    @Test
    void aCommandOfWhichNothingWasHeardAgainIsLost() throws Exception {
        byNode("SENT");

        assertThat(kinds(true)).containsExactly(Fault.Kind.COMMAND_LOST);
    }

    @Test
    void aCommandThatANodeGaveUpIsNotLost() throws Exception {
        byNode("EXPIRED");

        assertThat(kinds(true)).isEmpty();
    }

    @Test
    void othersCommandsAreOfNoConcern() throws Exception {
        ran(OutcomeStatus.SUCCEEDED);
        byDevice("SUCCEEDED", 1);
        log.add(new StoredUpdate("there", PUMP.toString(), Optional.of("c9"), "SUCCEEDED", number(7)));
        log.add(new StoredUpdate("there", "sim/other", Optional.of("c1"), "SUCCEEDED", number(7)));
        log.add(new StoredUpdate("there", PUMP.toString(), Optional.empty(), "", number(8)));

        assertThat(kinds(true)).isEmpty();
    }

    private void begin(Path other) throws IOException {
        file = other;
        log.clear();
        journal = Journal.create(file);
        journal.commandStored(PUMP, "c1");
    }

    private void byNode(String state) {
        log.add(new StoredUpdate("there", PUMP.toString(), Optional.of("c1"), state, Optional.empty()));
    }

    private void byDevice(String status, long seq) {
        log.add(new StoredUpdate("there", PUMP.toString(), Optional.of("c1"), status, number(seq)));
    }

    private static Optional<StreamNumber> number(long seq) {
        return Optional.of(new StreamNumber(3, 1, 1, seq));
    }

    private CommandCheck.Verdict check(boolean quiet) throws IOException {
        journal.ended(quiet);
        journal.close();
        CommandCheck check = new CommandCheck(JournalReading.read(file));
        log.forEach(check::record);
        return check.verdict();
    }

    private List<Fault.Kind> kinds(boolean quiet) throws IOException {
        return check(quiet).faults().stream().map(Fault::kind).toList();
    }
}
