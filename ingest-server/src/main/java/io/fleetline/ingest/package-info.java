/** Reads the configuration, builds the parts, starts and stops them in order. */
@org.jspecify.annotations.NullMarked
package io.fleetline.ingest;
