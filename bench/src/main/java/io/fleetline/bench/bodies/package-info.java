/** Writes bodies as devices send them. */
@org.jspecify.annotations.NullMarked
package io.fleetline.bench.bodies;
