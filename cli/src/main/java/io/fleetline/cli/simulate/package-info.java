/** Plays scenarios on a system, compares what came of them with Kafka, and says how it went. */
@org.jspecify.annotations.NullMarked
package io.fleetline.cli.simulate;
