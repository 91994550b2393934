package io.fleetline.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunFactsTest {
    private static final RunFacts FACTS = new RunFacts(
            "9f86d081",
            "smoke",
            -7,
            1_800_000_000_000L,
            new FleetTarget.TopicSet("fleetline.events", Optional.of("fleetline.events.exact"), "c", "u"),
            Map.of("fleetline.events", Map.of(0, 12L, 1, 0L), "u", Map.of(0, 3L)),
            1,
            5_000);

    @TempDir
    private Path directory;

    @Test
    void whatIsKnownOfARunIsKeptInAFile() throws Exception {
        RunDirectory run = RunDirectory.create(directory.resolve("run"));
        FACTS.write(run.factsFile());

        assertThat(RunDirectory.of(directory.resolve("run")).facts()).isEqualTo(FACTS);
    }

    @Test
    void aFileThatIsNotWholeIsRefused() throws Exception {
        Path file = directory.resolve("facts");
        FACTS.write(file);
        String text = Files.readString(file);

        Files.writeString(file, text.replace("form=1", "form=2"));
        assertThatThrownBy(() -> RunFacts.read(file)).hasMessage(file + " is of form 2, not 1");
        Files.writeString(file, text.replace("seed=", "sed="));
        assertThatThrownBy(() -> RunFacts.read(file)).hasMessage(file + " does not say seed");
        Files.writeString(file, text.replace("seed=-7", "seed=x"));
        assertThatThrownBy(() -> RunFacts.read(file)).hasMessageContaining(file + " is damaged");
    }

    @Test
    void aRunHasADirectoryOfItsOwn() throws Exception {
        Files.writeString(directory.resolve("something"), "");
        assertThatThrownBy(() -> RunDirectory.create(directory)).isInstanceOf(FileAlreadyExistsException.class);
        assertThatThrownBy(() -> RunDirectory.of(directory)).isInstanceOf(NoSuchFileException.class);
    }
}
