/** Makes what simulated devices have to say. */
@org.jspecify.annotations.NullMarked
package io.fleetline.simulator.payload;
