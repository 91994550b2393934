package io.fleetline.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetline.bench.measure.Benchmark;
import io.fleetline.bench.measure.Effort;
import io.fleetline.bench.measure.Measurement;
import io.fleetline.bench.measure.Progress;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BenchmarksTest {
    private final List<Effort> efforts = new ArrayList<>();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Test
    void theListNamesEachBenchmarkInALine() {
        assertThat(serve("list")).isZero();
        assertThat(lines(out)).containsExactly("calm  does nothing", "sad   fails");
    }

    @Test
    void aRunEndsWithATableAndOneLineOfJson() {
        assertThat(serve("run", "calm")).isZero();
        List<String> lines = lines(out);
        assertThat(lines.get(0)).isEqualTo("measuring");
        assertThat(lines).contains("calm: does nothing");
        assertThat(lines.get(lines.size() - 1)).startsWith("{\"version\":1,\"name\":\"calm\"");
        assertThat(lines).filteredOn(line -> line.startsWith("{")).hasSize(1);
        assertThat(efforts).containsExactly(Effort.FULL);
    }

    @Test
    void quickMayStandBeforeOrAfterTheName() {
        assertThat(serve("run", "calm", "--quick")).isZero();
        assertThat(serve("run", "--quick", "CALM")).isZero();
        assertThat(efforts).containsExactly(Effort.QUICK, Effort.QUICK);
    }

    @Test
    void anUnknownNameIsAnsweredWithTheKnownOnes() {
        assertThat(serve("run", "p99")).isEqualTo(2);
        assertThat(lines(err)).containsExactly("no benchmark is called \"p99\"; there are calm, sad");
    }

    @Test
    void anythingElseIsAnsweredWithTheUsage() {
        for (String[] args : new String[][] {{}, {"run"}, {"run", "calm", "sad"}, {"walk", "calm"}, {"list", "all"}}) {
            err.reset();
            assertThat(serve(args)).as(String.join(" ", args)).isEqualTo(2);
            assertThat(lines(err)).containsExactly("usage: bench list | bench run NAME [--quick]");
        }
        assertThat(efforts).isEmpty();
    }

    @Test
    void aMeasurementThatFailsIsAFailureOfItsOwnKind() {
        assertThat(serve("run", "sad")).isEqualTo(1);
        assertThat(lines(err)).containsExactly("sad could not be measured: no broker");
        assertThat(lines(out)).noneMatch(line -> line.startsWith("{"));
    }

    private int serve(String... args) {
        return new Benchmarks(List.of(
                        benchmark("calm", "does nothing", (effort, progress) -> {
                            progress.say("measuring");
                            efforts.add(effort);
                            return new Measurement(Map.of(), List.of(), List.of(), List.of());
                        }),
                        benchmark("sad", "fails", (effort, progress) -> {
                            throw new IOException("no broker");
                        })))
                .serve(List.of(args), stream(out), stream(err));
    }

    private interface Body {
        Measurement measure(Effort effort, Progress progress) throws Exception;
    }

    private static Benchmark benchmark(String name, String summary, Body body) {
        return new Benchmark() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public String summary() {
                return summary;
            }

            @Override
            public Measurement measure(Effort effort, Progress progress) throws Exception {
                return body.measure(effort, progress);
            }
        };
    }

    private static PrintStream stream(ByteArrayOutputStream bytes) {
        return new PrintStream(bytes, true, StandardCharsets.UTF_8);
    }

    private static List<String> lines(ByteArrayOutputStream bytes) {
        return bytes.toString(StandardCharsets.UTF_8).lines().toList();
    }
}
