package io.fleetline.bench.measure;

/**
 * What one segment gave.
 *
 * @param metric what was measured, such as {@code events/s}
 * @param unit in which unit
 * @param value how much
 */
public record Reading(String metric, String unit, double value) {}
