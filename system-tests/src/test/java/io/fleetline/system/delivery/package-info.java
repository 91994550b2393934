/** Plays seeded histories of devices, nodes and readers against a model of Kafka, and judges them by the promise. */
@org.jspecify.annotations.NullMarked
package io.fleetline.system.delivery;
