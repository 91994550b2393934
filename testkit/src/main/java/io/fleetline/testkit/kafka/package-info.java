/** Gives tests a Kafka, whichever one switch says: embedded, as processes of its own, or in a container. */
@org.jspecify.annotations.NullMarked
package io.fleetline.testkit.kafka;
