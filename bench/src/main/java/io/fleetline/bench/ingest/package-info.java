/** Measures how many events a node acknowledges and how long they and commands take, beside a bare producer or server. */
@org.jspecify.annotations.NullMarked
package io.fleetline.bench.ingest;
