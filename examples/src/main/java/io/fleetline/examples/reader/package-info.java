/** Reads events in the two simplest ways. */
@org.jspecify.annotations.NullMarked
package io.fleetline.examples.reader;
