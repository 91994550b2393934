/**
 * Puts the records of a partition back into the order in which devices published them, each once.
 *
 * <p>{@link io.fleetline.backend.filter.StreamFilter} tells the rules. Nothing here knows Kafka, a clock or a thread.
 */
@org.jspecify.annotations.NullMarked
package io.fleetline.backend.filter;
