/** Measures how long things took from when they were due, and whether the simulator itself was in the way. */
@org.jspecify.annotations.NullMarked
package io.fleetline.simulator.measure;
