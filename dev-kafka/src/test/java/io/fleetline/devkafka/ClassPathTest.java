package io.fleetline.devkafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClassPathTest {

    @TempDir
    private Path directory;

    @Test
    void theClassPathIsTakenAsItIsWithoutItsEmptyElements() {
        assertThat(ClassPath.of("a.jar" + File.pathSeparator + File.pathSeparator + "classes", ""))
                .containsExactly(
                        Path.of("a.jar").toAbsolutePath(), Path.of("classes").toAbsolutePath());
    }

    @Test
    void aModulePathIsTurnedIntoTheJarsAndClassesThatAreOnIt() throws Exception {
        Path jar = Files.createFile(directory.resolve("library.jar"));
        Files.createFile(directory.resolve("notes.txt"));
        Path exploded = Files.createDirectory(directory.resolve("exploded"));
        Files.createFile(exploded.resolve("module-info.class"));

        assertThat(ClassPath.of("", directory + File.pathSeparator + exploded))
                .contains(jar, exploded)
                .doesNotContain(directory.resolve("notes.txt"));
    }

    @Test
    void thisJvmsClassPathHoldsKafkaAndThisModule() {
        assertThat(ClassPath.ofThisJvm()).anyMatch(path -> path.endsWith("dev-kafka/target/classes"));
    }
}
