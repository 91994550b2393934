/** Averages what devices measured, by the time at which they measured it, with Kafka Streams. */
@org.jspecify.annotations.NullMarked
package io.fleetline.examples.streams;
