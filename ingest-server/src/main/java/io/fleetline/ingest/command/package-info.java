/** Brings a command to its device and the outcome back. */
@org.jspecify.annotations.NullMarked
package io.fleetline.ingest.command;
