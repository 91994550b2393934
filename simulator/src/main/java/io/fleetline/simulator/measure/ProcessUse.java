package io.fleetline.simulator.measure;

/**
 * What another process of the run takes of the machine.
 *
 * @param cores how many cores' worth of time, since the look before
 * @param residentBytes its resident set; 0 where that cannot be told
 */
public record ProcessUse(double cores, long residentBytes) {}
