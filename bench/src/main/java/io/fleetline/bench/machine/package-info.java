/** Knows the machine: what it is, and which process used how much of it. */
@org.jspecify.annotations.NullMarked
package io.fleetline.bench.machine;
