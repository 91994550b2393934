/** Says what a fleet is to do and what is asked of the system meanwhile, as a file does. */
@org.jspecify.annotations.NullMarked
package io.fleetline.simulator.scenario;
