/** Tells people and programs what came of a run. */
@org.jspecify.annotations.NullMarked
package io.fleetline.simulator.report;
