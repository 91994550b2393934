/** Counts what happened, in one vocabulary of outcomes. */
@org.jspecify.annotations.NullMarked
package io.fleetline.ingest.metrics;
