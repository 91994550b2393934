/** Speaks Kafka for the parts that need it; the only user of its client library. */
@org.jspecify.annotations.NullMarked
package io.fleetline.ingest.kafka;
