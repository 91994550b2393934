/** Runs the stream filter as a keyed function of Flink, with its state in Flink's checkpoints. */
@org.jspecify.annotations.NullMarked
package io.fleetline.examples.flink;
