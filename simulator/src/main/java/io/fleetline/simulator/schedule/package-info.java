/** Says when devices publish, from a seed and without looking at a clock. */
@org.jspecify.annotations.NullMarked
package io.fleetline.simulator.schedule;
