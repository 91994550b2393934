package io.fleetline.bench.report;

import io.fleetline.bench.machine.Disturbance;
import io.fleetline.bench.machine.MachineFacts;
import io.fleetline.bench.measure.Effort;
import io.fleetline.bench.measure.Measurement;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * What a benchmark found, and all that one has to know to judge or repeat it.
 *
 * @param name the benchmark's name
 * @param summary what it compares with what
 * @param effort how much time it was given
 * @param startedAt when it began
 * @param took how long it took
 * @param machine what it ran on
 * @param loadAverage the machine's load over the minute before, where the system says
 * @param disturbance what others used of the machine meanwhile
 * @param commit what was measured, where it is known
 * @param measurement what was found
 */
public record Report(
        String name,
        String summary,
        Effort effort,
        Instant startedAt,
        Duration took,
        MachineFacts machine,
        Optional<Double> loadAverage,
        Disturbance disturbance,
        Optional<String> commit,
        Measurement measurement) {}
