/** Tells the time, and wakes whoever asked to be woken. */
@org.jspecify.annotations.NullMarked
package io.fleetline.ingest.time;
