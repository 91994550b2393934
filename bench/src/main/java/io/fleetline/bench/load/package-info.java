/** Plays devices that publish as much as they may, or at fixed times. */
@org.jspecify.annotations.NullMarked
package io.fleetline.bench.load;
