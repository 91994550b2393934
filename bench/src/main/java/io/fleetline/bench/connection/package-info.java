/** Measures what connections cost a node, beside what they cost a bare server. */
@org.jspecify.annotations.NullMarked
package io.fleetline.bench.connection;
