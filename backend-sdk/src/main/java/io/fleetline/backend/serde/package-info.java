/**
 * Lets Kafka's own clients read the records of events topics as values.
 *
 * <p>{@link io.fleetline.backend.serde.EventSerdes} has the serdes; {@link io.fleetline.backend.serde.JsonBodies} maps bodies to
 * classes with Jackson's databind, which an application that wants it brings along.
 */
@org.jspecify.annotations.NullMarked
package io.fleetline.backend.serde;
