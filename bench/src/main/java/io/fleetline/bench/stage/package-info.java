/** Starts the processes that measurements of a node have in common. */
@org.jspecify.annotations.NullMarked
package io.fleetline.bench.stage;
