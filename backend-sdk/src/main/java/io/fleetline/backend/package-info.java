/** Reads events from Kafka exactly once, sends commands and follows their outcomes. */
@org.jspecify.annotations.NullMarked
package io.fleetline.backend;
