package io.fleetline.device.internal.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** A real process on a real file system, killed again and again. {@code -Dfleetline.seed} plays the same kills again. */
@Tag("long")
class KillTest {
    private static final int KILLS = 200;

    private final long seed = Long.getLong("fleetline.seed", new Random().nextInt(1 << 20));

    @Test
    void aKilledProcessLosesNothingThatItSent(@TempDir Path directory) throws Exception {
        KilledProcess process = new KilledProcess(directory, 32 << 20, new Random(seed));
        for (int i = 0; i < KILLS; i++) {
            live(process, 600, "90", 2_000);
        }
        live(process, 600, "drain", 1);
        System.out.println("seed " + seed + ": " + process.counts);
        assertThat(process.counts.get("kill -9")).isEqualTo(KILLS);
        assertThat(process.counts).containsKeys("sent", "ack", "found").containsEntry("opened DURABLE", KILLS + 1);
    }

    /**
     * The same on a file system that is too small for what the outbox may hold: {@code .ci/small-file-systems} makes it and
     * names it here.
     */
    @Test
    @EnabledIfSystemProperty(named = "fleetline.small.directory", matches = ".+")
    void aFullFileSystemLosesNothingThatWasOnDisk() throws Exception {
        Path directory =
                Path.of(System.getProperty("fleetline.small.directory")).resolve("outbox");
        Path ballast = directory.resolveSibling("ballast");
        long space = Files.getFileStore(directory.getParent()).getTotalSpace();
        KilledProcess process = new KilledProcess(directory, 2 * space, new Random(seed));
        for (int round = 0; round < 2; round++) {
            Files.write(ballast, new byte[(int) (space / 4)]);
            for (int i = 0; i < 5; i++) { // fills up: next to no acks
                live(process, 16_000, "2", 2_500);
            }
            Files.delete(ballast); // somebody makes room
            for (int i = 0; i < 3; i++) {
                live(process, 600, "90", 2_000);
            }
            assertThat(live(process, 600, "drain", 1)).isEqualTo(StorageState.DURABLE);
        }
        System.out.println("seed " + seed + ", " + directory + ": " + process.counts);
        assertThat(process.counts.keySet())
                .as("the file system must have been full, or this proves nothing")
                .containsAnyOf("state WRITING_FAILED", "opened DISK_UNUSABLE");
    }

    private StorageState live(KilledProcess process, int mostBody, String acks, int mostLines) throws Exception {
        try {
            return process.live(mostBody, acks, mostLines);
        } catch (AssertionError e) {
            throw new AssertionError("seed " + seed + ", " + process.counts + ": " + e.getMessage(), e);
        }
    }
}
