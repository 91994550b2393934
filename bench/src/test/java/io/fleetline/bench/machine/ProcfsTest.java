package io.fleetline.bench.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcfsTest {
    @TempDir
    Path proc;

    @Test
    void theTicksOfAProcessAreItsUserAndKernelTime() throws IOException {
        process(42, "42 (java) S 1 42 42 0 -1 4194560 100 200 0 0 250 50 7 3 20 0 31 0 1234 1 2");
        assertThat(new Procfs(proc, 100).ofProcess(42)).isEqualTo(Duration.ofSeconds(3));
    }

    @Test
    void howLongATickIsIsForTheSystemToSay() throws IOException {
        process(42, "42 (java) S 1 42 42 0 -1 4194560 100 200 0 0 250 50 7 3 20 0 31 0 1234 1 2");
        assertThat(new Procfs(proc, 250).ofProcess(42)).isEqualTo(Duration.ofMillis(1200));
    }

    @Test
    void aProgramsNameMayHoldSpacesAndParentheses() throws IOException {
        process(42, "42 (a) R 9 9 (b) S 1 42 42 0 -1 4194560 100 200 0 0 250 50 7 3 20 0 31 0 1234 1 2");
        assertThat(new Procfs(proc, 100).ofProcess(42)).isEqualTo(Duration.ofSeconds(3));
    }

    @Test
    void childrenThatEndedCountForTheTreeAlone() throws IOException {
        process(42, "42 (java) S 1 42 42 0 -1 4194560 100 200 0 0 250 50 7 3 20 0 31 0 1234 1 2");
        assertThat(new Procfs(proc, 100).ofProcessAndEndedChildren(42)).isEqualTo(Duration.ofMillis(3100));
    }

    @Test
    void theCpuOfAProcessThatIsGoneIsNotTakenForZero() {
        assertThatThrownBy(() -> new Procfs(proc, 100).ofProcess(42)).hasMessageContaining("42");
        assertThat(new Procfs(proc, 100).ofProcessAndEndedChildren(42)).isZero();
    }

    @Test
    void theMachineCountsNeitherIdleTimeNorInterrupts() throws IOException {
        Files.writeString(proc.resolve("stat"), "cpu  100 20 30 9000 800 7 6 50 5 0\ncpu0 1 2 3 4 5 6 7 8 9 0\n");
        MachineCpu cpu = new Procfs(proc, 100).ofMachine();
        assertThat(cpu.used()).isEqualTo(Duration.ofMillis(1500));
        assertThat(cpu.stolen()).isEqualTo(Duration.ofMillis(500));
    }

    @Test
    void whatThisProcessUsesIsPartOfWhatItsTreeUses() {
        Procfs procfs = Procfs.ofThisMachine();
        Duration own = procfs.ofProcess(ProcessHandle.current().pid());
        assertThat(own).isPositive();
        assertThat(procfs.ofThisProcessTree()).isGreaterThanOrEqualTo(own);
    }

    @Test
    void othersAreWhatIsLeftOfTheMachine() {
        Disturbance disturbance = Disturbance.between(
                Duration.ofSeconds(10),
                new MachineCpu(Duration.ofSeconds(100), Duration.ofSeconds(5)),
                Duration.ofSeconds(50),
                new MachineCpu(Duration.ofSeconds(115), Duration.ofSeconds(6)),
                Duration.ofSeconds(60));
        assertThat(disturbance.othersCores()).isEqualTo(0.5);
        assertThat(disturbance.stolenCores()).isEqualTo(0.1);
        assertThat(disturbance.disturbed()).isTrue();
    }

    @Test
    void aLittleOfOneCoreDisturbsNobody() {
        assertThat(new Disturbance(0.1, 0.1).disturbed()).isFalse();
        assertThat(new Disturbance(0.15, 0.1).disturbed()).isTrue();
    }

    private void process(long pid, String stat) throws IOException {
        Path folder = Files.createDirectory(proc.resolve(Long.toString(pid)));
        Files.writeString(folder.resolve("stat"), stat + "\n");
    }
}
