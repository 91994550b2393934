package io.fleetline.bench.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class PerfTestRoleTest {
    @Test
    void theRateIsThatOfTheSteadyState() {
        assertThat(PerfTestRole.steadyRate("""
                                Warmup first 1000 records. Steady state results will print after the complete test summary.
                                11000 records sent, 90000.123456 records/sec (8.58 MB/sec), 1.00 ms avg latency, 9.00 ms max latency, 1 ms 50th, 2 ms 95th, 3 ms 99th, 4 ms 99.9th.
                                10000 steady state records sent, 270123.456789 records/sec (25.76 MB/sec), 1.00 ms avg latency, 9.00 ms max latency, 1 ms 50th, 2 ms 95th, 3 ms 99th, 4 ms 99.9th.
                                """)).isEqualTo(270123.456789);
    }

    @Test
    void withoutARateWhatWasPrintedIsSaid() {
        assertThatThrownBy(() -> PerfTestRole.steadyRate("org.apache.kafka.common.errors.TimeoutException"))
                .hasMessageContaining("TimeoutException");
    }
}
