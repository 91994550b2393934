package io.fleetline.cli.capacity;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class SizingSheetTest {
    private static final Slo SLO = Slo.parse("p99<200ms");
    private static final Trial RATE = trial(200, 14_000, List.of(), 112, OptionalLong.empty());
    private static final Trial TOO_FAST =
            trial(200, 16_000, List.of("p99 was 257 ms, not below 200 ms"), 257, OptionalLong.empty());
    private static final Trial CROWD = trial(4_000, 67, List.of(), 21, OptionalLong.of(128 * 1024 * 1024));
    private static final Optional<Connects> CONNECTS =
            Optional.of(new Connects(1_000, OptionalDouble.of(187.4), 1_000));

    private static Trial trial(
            int devices, double rate, List<String> complaints, long p99Millis, OptionalLong nodeBytes) {
        return new Trial(
                devices,
                rate,
                complaints,
                5_000_000,
                p99Millis * 1_000_000,
                rate,
                Map.of("node-1", 0.7, Trial.SIMULATOR, 0.9),
                nodeBytes);
    }

    private static String sheet(
            Search.Found<Trial> rate, Search.Found<Trial> connections, Optional<Connects> connects) {
        return SizingSheet.text(
                SLO,
                OptionalLong.of(28 * 1024 * 1024),
                rate,
                connections,
                connects,
                List.of(RATE, TOO_FAST, CROWD),
                Map.of("cores", "2"));
    }

    @Test
    void whatWasFoundIsSaidWithWhatItIsMadeOf() {
        String sheet = sheet(
                new Search.Found<>(Optional.of(RATE), Optional.of(TOO_FAST)),
                new Search.Found<>(Optional.of(CROWD), Optional.of(TOO_FAST)),
                CONNECTS);

        assertThat(sheet.lines())
                .contains(
                        "| highest rate that held | 14000 events/s from 200 devices, p99 112 ms |",
                        "| events/s for each core that the nodes took | 20000 (0.70 cores) |",
                        "| cores taken at that rate | simulator 0.90, node-1 0.70 |",
                        "| what the limit of the rate was | at 16000 events/s: p99 was 257 ms, not below 200 ms; cores taken: simulator 0.90, node-1 0.70 |",
                        "| most connections that held | 4000, p99 21 ms |",
                        "| bytes on the nodes' heaps for each connection, after a full collection | 25.6 KiB |",
                        "| connects/s, unpaced | 187: 1000 devices at once, TLS as the SDK makes it, until nine of ten were welcomed |",
                        "| cores | 2 |",
                        "| 200 | 14000 | 14000 | 5 ms | 112 ms | simulator 0.90, node-1 0.70 | holds |",
                        "| 200 | 16000 | 16000 | 5 ms | 257 ms | simulator 0.90, node-1 0.70 | p99 was 257 ms, not below 200 ms |");
    }

    @Test
    void whichPercentileIsJudgedIsSaid() {
        assertThat(sheet(
                        new Search.Found<>(Optional.of(RATE), Optional.of(TOO_FAST)),
                        new Search.Found<>(Optional.of(CROWD), Optional.of(TOO_FAST)),
                        CONNECTS))
                .contains("`p99<200ms,loss=0`")
                .contains("percentiles of each second's events")
                .contains("in nine of ten seconds")
                .contains("no percentiles of all events");
    }

    @Test
    void whereTheEndOfTheRangeHeldItIsTheLeastThatIsKnown() {
        String sheet = sheet(
                new Search.Found<>(Optional.of(RATE), Optional.empty()),
                new Search.Found<>(Optional.of(CROWD), Optional.empty()),
                CONNECTS);

        assertThat(sheet.lines())
                .contains(
                        "| highest rate that held | at least 14000 events/s from 200 devices, the most that was tried, p99 112 ms |",
                        "| most connections that held | at least 4000, the most that was tried, p99 21 ms |",
                        "| what the limit of the connections was | not found: the most that was tried held |");
    }

    @Test
    void whereNothingHeldNothingIsClaimed() {
        String sheet = sheet(
                new Search.Found<>(Optional.empty(), Optional.of(TOO_FAST)),
                new Search.Found<>(Optional.empty(), Optional.of(TOO_FAST)),
                Optional.empty());

        assertThat(sheet.lines())
                .contains("| rate | not even the least that was tried held |")
                .contains("| connections | not even the least that was tried held |")
                .noneMatch(line -> line.startsWith("| connects/s"))
                .noneMatch(line -> line.contains("that held |") && !line.contains("tried held"));
    }

    @Test
    void aBurstThatDidNotGetInHasNoRate() {
        assertThat(sheet(
                        new Search.Found<>(Optional.of(RATE), Optional.empty()),
                        new Search.Found<>(Optional.of(CROWD), Optional.empty()),
                        Optional.of(new Connects(1_000, OptionalDouble.empty(), 640))))
                .contains(
                        "| connects/s, unpaced | not known: of 1000 devices that came at once 640 were connected in the end |");
    }
}
