package io.fleetline.devkafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fleetline.devkafka.node.BrokerPorts;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClusterFolderTest {

    @TempDir
    private Path directory;

    @Test
    void aDirectoryKeepsItsClusterIdAndPorts() {
        String clusterId;
        List<BrokerPorts> ports = List.of(new BrokerPorts(20_001, 20_002), new BrokerPorts(20_003, 20_004));
        try (ClusterFolder folder = ClusterFolder.keep(directory.resolve("new/one"), 2)) {
            clusterId = folder.clusterId();
            assertThat(folder.rememberedPorts(1)).isEmpty();
            folder.remember(ports);
        }
        try (ClusterFolder folder = ClusterFolder.keep(directory.resolve("new/one"), 2)) {
            assertThat(folder.clusterId()).isEqualTo(clusterId).hasSize(22);
            assertThat(folder.rememberedPorts(1)).contains(ports.get(0));
            assertThat(folder.rememberedPorts(2)).contains(ports.get(1));
        }
    }

    @Test
    void aTemporaryDirectoryGoesWithAllThatIsInIt() throws Exception {
        Path path;
        try (ClusterFolder folder = ClusterFolder.temporary(1)) {
            path = folder.path();
            folder.furnish(1);
            Files.createDirectories(folder.storage(1).resolve("topic-0"));
            Files.writeString(folder.storage(1).resolve("topic-0/00000000000000000000.log"), "data");
        }
        assertThat(path).doesNotExist();
    }

    @Test
    void aSecondOneOnTheSameDirectoryIsRefusedAndLeavesTheFirstItsLock() throws Exception {
        try (ClusterFolder folder = ClusterFolder.keep(directory, 1)) {
            assertThatThrownBy(() -> ClusterFolder.keep(directory.resolve("../" + directory.getFileName()), 1))
                    .isInstanceOf(DevKafkaException.class)
                    .hasMessage("The directory " + folder.path()
                            + " is in use by another DevKafka in this process; close that one first");
            assertThat(refusalOfAnotherProcess())
                    .contains("The directory " + folder.path() + " is in use by the DevKafka of another process");
        }
        ClusterFolder.keep(directory, 1).close();
    }

    private String refusalOfAnotherProcess() throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xshare:auto",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Opener.class.getName(),
                        directory.toString())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return output;
    }

    /** A program that opens a directory and prints why it could not. */
    static final class Opener {

        private Opener() {}

        public static void main(String[] arguments) {
            try {
                ClusterFolder.keep(Path.of(arguments[0]), 1).close();
            } catch (DevKafkaException e) {
                System.out.println(e.getMessage());
            }
        }
    }

    @Test
    void aDirectoryWithOtherThingsInItIsRefusedAndLeftAlone() throws Exception {
        for (String name : List.of("a.txt", "b.txt", "c.txt", "d.txt")) {
            Files.writeString(directory.resolve(name), "mine");
        }

        assertThatThrownBy(() -> ClusterFolder.keep(directory, 1))
                .isInstanceOf(DevKafkaException.class)
                .hasMessageContaining("holds something else than a Kafka made here (a.txt, b.txt, c.txt, ...)");
        try (var inside = Files.list(directory)) {
            assertThat(inside).hasSize(4);
        }
    }

    @Test
    void aDirectoryOfAClusterOfAnotherSizeIsRefused() {
        ClusterFolder.keep(directory, 3).close();

        assertThatThrownBy(() -> ClusterFolder.keep(directory, 1))
                .isInstanceOf(DevKafkaException.class)
                .hasMessageContaining("says brokers=3 where 1 was expected");
        ClusterFolder.keep(directory, 3).close();
    }

    @Test
    void aDamagedDescriptionIsRefused() throws Exception {
        Files.writeString(directory.resolve("dev-kafka.properties"), "layout=1\nbrokers=1\n");
        assertThatThrownBy(() -> ClusterFolder.keep(directory, 1))
                .isInstanceOf(DevKafkaException.class)
                .hasMessageContaining("names no cluster.id");

        Files.writeString(directory.resolve("dev-kafka.properties"), "\\uNONSENSE");
        assertThatThrownBy(() -> ClusterFolder.keep(directory, 1))
                .isInstanceOf(DevKafkaException.class)
                .hasMessageContaining("is not a properties file");
    }

    @Test
    void aPlaceWhereNoDirectoryCanBeIsRefusedByName() throws Exception {
        Path file = Files.writeString(directory.resolve("file"), "not a directory");

        assertThatThrownBy(() -> ClusterFolder.keep(file.resolve("kafka"), 1))
                .isInstanceOf(DevKafkaException.class)
                .hasMessageStartingWith("Cannot make or enter the directory " + file.resolve("kafka"));
        assertThatThrownBy(() -> ClusterFolder.keep(directory.resolve("one,two"), 1))
                .isInstanceOf(DevKafkaException.class)
                .hasMessageContaining("comma");
    }

    @Test
    void aStartThatWasCutShortBeforeAnythingWasWrittenIsTakenUpAgain() throws Exception {
        Files.createFile(directory.resolve("dev-kafka.lock"));
        Files.writeString(directory.resolve("dev-kafka.properties.new"), "half of i");

        try (ClusterFolder folder = ClusterFolder.keep(directory, 1)) {
            assertThat(folder.clusterId()).hasSize(22);
        }
    }
}
