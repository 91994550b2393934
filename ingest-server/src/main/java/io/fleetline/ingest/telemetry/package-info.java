/** Takes items in and says when they are safe. */
@org.jspecify.annotations.NullMarked
package io.fleetline.ingest.telemetry;
