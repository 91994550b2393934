/** Speaks WebSocket for the sessions; the only user of Jetty. */
@org.jspecify.annotations.NullMarked
package io.fleetline.ingest.jetty;
