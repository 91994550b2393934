/** Runs each part of a measurement in a process of its own, so that its CPU can be told apart. */
@org.jspecify.annotations.NullMarked
package io.fleetline.bench.child;
