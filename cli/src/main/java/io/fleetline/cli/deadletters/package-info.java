/** Reads what nodes rejected, and brings it back among the events. */
@org.jspecify.annotations.NullMarked
package io.fleetline.cli.deadletters;
