/** Lets sinks of Kafka Connect read events as rows. */
@org.jspecify.annotations.NullMarked
package io.fleetline.connect;
