/** Decides which device is calling. */
@org.jspecify.annotations.NullMarked
package io.fleetline.ingest.identity;
