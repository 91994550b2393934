/** Measures how many events a node acknowledges, beside what a bare producer or a bare server reaches. */
@org.jspecify.annotations.NullMarked
package io.fleetline.bench.ingest;
