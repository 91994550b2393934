package io.fleetline.simulator.payload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.fleetline.device.Body;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PayloadModelTest {
    @TempDir
    private Path directory;

    @Test
    void aWalkStaysWithinItsBounds() {
        Readings readings = new PayloadModel.Walk(List.of("celsius"), 5, 3, 0, 10).begin(new Random(1));

        for (int i = 0; i < 10_000; i++) {
            assertThat((double) readings.next(i).get("celsius")).isBetween(0.0, 10.0);
        }
    }

    @Test
    void countersOnlyRise() {
        Readings readings = new PayloadModel.Counters(List.of("in", "out"), 5).begin(new Random(1));
        long before = 0;
        for (int i = 0; i < 1_000; i++) {
            Map<String, Object> reading = readings.next(i);
            assertThat((long) reading.get("out")).isBetween(before, before + 5);
            before = (long) reading.get("out");
        }
        assertThat(before).isPositive();
    }

    @Test
    void aTrackGoesNoFasterThanItsSpeedAllows() {
        Readings readings = new Gps(52.5, 13.4, 10).begin(new Random(1));
        Map<String, Object> before = readings.next(0);
        for (int second = 1; second <= 1_000; second++) {
            Map<String, Object> now = readings.next(second);
            double north = ((double) now.get("lat") - (double) before.get("lat")) * 111_320;
            double east =
                    ((double) now.get("lon") - (double) before.get("lon")) * 111_320 * Math.cos(Math.toRadians(52.5));
            assertThat(Math.hypot(north, east)).isCloseTo((double) now.get("speed"), within(0.3));
            before = now;
        }
    }

    @Test
    void aVibrationBlockHasTheSizeThatWasAskedFor() {
        Map<String, Object> block =
                new Vibration(512, 6_400, 49.5).begin(new Random(1)).next(3);

        assertThat((byte[]) block.get("samples")).hasSize(1_024);
        assertThat(Body.of(block).length()).isBetween(1_024, 1_100);
        assertThatThrownBy(() -> new Vibration(512, 100, 50))
                .hasMessageContaining("less than half of samplesPerSecond");
    }

    @Test
    void theSameSeedSaysTheSame() {
        for (PayloadModel model : List.of(
                new PayloadModel.Walk(List.of("a"), 5, 3, 0, 10), new Gps(0, 0, 10), new Vibration(16, 100, 10))) {
            assertThat(Body.of(model.begin(new Random(9)).next(1)))
                    .isEqualTo(Body.of(model.begin(new Random(9)).next(1)));
        }
    }

    @Test
    void realDataIsReplayedFromCsv() throws Exception {
        Path file = directory.resolve("real.csv");
        Files.writeString(file, "\uFEFFcelsius,place,count\r\n21.5,\"Hall, \"\"North\"\"\",7\r\n-3e1,attic,8\r\n");

        Replay replay = Replay.read(file);

        assertThat(replay.lines())
                .containsExactly(
                        Map.of("celsius", 21.5, "place", "Hall, \"North\"", "count", 7L),
                        Map.of("celsius", -30.0, "place", "attic", "count", 8L));
        Readings readings = replay.begin(new Random(1));
        Map<String, Object> first = readings.next(0);
        assertThat(readings.next(1)).isNotEqualTo(first);
        assertThat(readings.next(2)).isEqualTo(first);
    }

    @Test
    void realDataIsReplayedFromLinesOfJson() throws Exception {
        Path file = directory.resolve("real.jsonl");
        Files.writeString(file, "{\"a\":1}\n\n{\"a\":[2,{\"b\":null}]}\n");

        assertThat(Replay.read(file).lines()).hasSize(2).first().isEqualTo(Map.of("a", 1L));
    }

    @Test
    void whatCannotBeReplayedIsNamed() throws Exception {
        Path tooShort = Files.writeString(directory.resolve("short.csv"), "a,b\n\"1\n1\",2\n1\n");
        Path open = Files.writeString(directory.resolve("open.csv"), "a\n\"1\n2\n");
        Path json = Files.writeString(directory.resolve("wrong.jsonl"), "{\"a\":1}\n[1]\n");
        Path empty = Files.writeString(directory.resolve("empty.jsonl"), "");

        assertThatThrownBy(() -> Replay.read(tooShort))
                .hasMessage(tooShort + " line 4 has 1 field, the first line has 2");
        assertThatThrownBy(() -> Replay.read(open))
                .hasMessageStartingWith(open + " line ")
                .hasMessageContaining("Missing closing quote");
        assertThatThrownBy(() -> Replay.read(json)).hasMessageStartingWith(json + " line 2: ");
        assertThatThrownBy(() -> Replay.read(empty)).hasMessageContaining("nothing to replay");
        assertThatThrownBy(() -> Replay.read(directory.resolve("none"))).hasMessageStartingWith("cannot read ");
    }
}
