/** Measures how many events a node acknowledges, beside what a bare producer brings into the same Kafka. */
@org.jspecify.annotations.NullMarked
package io.fleetline.bench.ingest;
