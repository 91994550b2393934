/** Worked examples of a device, a reader and a sender of commands. */
@org.jspecify.annotations.NullMarked
package io.fleetline.examples;
