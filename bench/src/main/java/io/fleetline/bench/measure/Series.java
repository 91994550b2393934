package io.fleetline.bench.measure;

/**
 * All readings of one metric of one side.
 *
 * @param metric what was measured
 * @param unit in which unit
 * @param samples one per segment
 */
public record Series(String metric, String unit, Samples samples) {}
