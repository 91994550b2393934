package io.fleetline.cli.dev;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fleetline.cli.terminal.CliFailure;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateDirectoryTest {
    @TempDir
    private Path base;

    @Test
    void itIsMadeForItsOwnerOnly() throws IOException {
        Path path = base.resolve("deeper/.fleetline");
        try (StateDirectory state = StateDirectory.hold(path, false)) {
            assertThat(state.path()).isEqualTo(path);
            assertThat(Files.getPosixFilePermissions(path)).isEqualTo(PosixFilePermissions.fromString("rwx------"));
        }
    }

    @Test
    void aSecondInstanceIsRefusedUntilTheFirstEnds() {
        Path path = base.resolve(".fleetline");
        StateDirectory first = StateDirectory.hold(path, false);
        assertThatThrownBy(() -> StateDirectory.hold(path, false))
                .isInstanceOf(CliFailure.class)
                .hasMessage("another fleetline dev runs on " + path
                        + "; end it, or start this one in another directory or with another --state");
        assertThat(StateDirectory.isHeld(path)).isTrue();

        first.close();

        assertThat(StateDirectory.isHeld(path)).isFalse();
        StateDirectory.hold(path, false).close();
    }

    @Test
    void evenFreshDoesNotTouchWhatAnotherInstanceHolds() throws IOException {
        Path path = base.resolve(".fleetline");
        try (StateDirectory first = StateDirectory.hold(path, false)) {
            Path log = Files.createFile(first.directory("logs").resolve("dev.log"));

            assertThatThrownBy(() -> StateDirectory.hold(path, true)).isInstanceOf(CliFailure.class);

            assertThat(log).exists();
        }
    }

    @Test
    void freshRemovesWhatWeMadeAndNothingElse() throws IOException {
        Path path = base.resolve(".fleetline");
        Path outside = Files.writeString(base.resolve("outside"), "stays");
        try (StateDirectory state = StateDirectory.hold(path, false)) {
            Files.writeString(state.directory("kafka").resolve("0.log"), "records");
            Files.createSymbolicLink(state.resolve("kafka").resolve("link"), outside);
            Files.createSymbolicLink(state.resolve("logs"), base);
            Files.writeString(path.resolve("notes.txt"), "mine");
        }

        try (StateDirectory state = StateDirectory.hold(path, true)) {
            assertThat(state.resolve("kafka")).doesNotExist();
            assertThat(state.resolve("logs")).doesNotExist();
            assertThat(path.resolve("notes.txt")).hasContent("mine");
            assertThat(outside).hasContent("stays");
        }
    }

    @Test
    void stateIsKeptWithoutFresh() throws IOException {
        Path path = base.resolve(".fleetline");
        try (StateDirectory state = StateDirectory.hold(path, false)) {
            Files.writeString(state.resolve("credentials"), "demo/host:secret");
        }
        try (StateDirectory state = StateDirectory.hold(path, false)) {
            assertThat(state.resolve("credentials")).hasContent("demo/host:secret");
        }
    }

    @Test
    void aDirectoryThatIsNotOursIsLeftAlone() throws IOException {
        Files.writeString(base.resolve("thesis.tex"), "years of work");

        assertThatThrownBy(() -> StateDirectory.hold(base, true))
                .isInstanceOf(CliFailure.class)
                .hasMessage(base + " was not made by fleetline dev; choose another with --state");

        assertThat(base.resolve("thesis.tex")).exists();
    }

    @Test
    void aDirectoryOfALaterFormIsLeftAlone() throws IOException {
        Files.writeString(base.resolve("made-by-fleetline-dev"), "2");

        assertThatThrownBy(() -> StateDirectory.hold(base, true))
                .isInstanceOf(CliFailure.class)
                .hasMessageContaining("is of form 2, this fleetline knows form 1");
    }

    @Test
    void whereItCannotBeWrittenASentenceSaysSo() throws IOException {
        Path file = Files.createFile(base.resolve("file"));

        assertThatThrownBy(() -> StateDirectory.hold(file.resolve(".fleetline"), false))
                .isInstanceOf(CliFailure.class)
                .hasMessageStartingWith("cannot write to " + file.resolve(".fleetline") + ": ");
    }

    @Test
    void companionsFindItFromBelow() throws IOException {
        Path below = Files.createDirectories(base.resolve("project/src/main"));
        StateDirectory.hold(base.resolve("project/.fleetline"), false).close();

        assertThat(StateDirectory.find(below)).hasValue(base.resolve("project/.fleetline"));
        assertThat(StateDirectory.find(base)).isEmpty();
    }

    @Test
    void companionsLearnWhereEverythingIsAsLongAsItRuns() {
        Path path = base.resolve(".fleetline");
        Instance instance = new Instance(
                List.of(URI.create("wss://localhost:8443/connect"), URI.create("wss://localhost:8444/connect")),
                base.resolve(" odd \\path: =/ca.pem"),
                "127.0.0.1:12345",
                base.resolve("credentials"));
        StateDirectory state = StateDirectory.hold(path, false);
        assertThatThrownBy(() -> Instance.running(base))
                .isInstanceOf(CliFailure.class)
                .hasMessage("the fleetline dev on " + path + " is not ready yet");

        instance.writeTo(state);
        assertThat(Instance.running(base)).isEqualTo(instance);

        state.close();
        assertThatThrownBy(() -> Instance.running(base))
                .isInstanceOf(CliFailure.class)
                .hasMessageStartingWith("no fleetline dev runs on " + path);
    }

    @Test
    void withoutAnyStateCompanionsSayWhatToDo() {
        assertThatThrownBy(() -> Instance.running(base))
                .isInstanceOf(CliFailure.class)
                .hasMessageStartingWith("found no .fleetline in " + base + " or above it: start 'fleetline dev' first");
    }
}
