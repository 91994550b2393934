/** Measures a fleet of the SDK's devices: what playing it costs, and how it comes back from a node that died. */
@org.jspecify.annotations.NullMarked
package io.fleetline.bench.fleet;
