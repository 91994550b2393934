/** Tells Kafka Streams when events happened. */
@org.jspecify.annotations.NullMarked
package io.fleetline.backend.streams;
