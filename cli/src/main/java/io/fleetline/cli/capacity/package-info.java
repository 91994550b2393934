/** Searches for the most that a system holds, and writes down what was found. */
@org.jspecify.annotations.NullMarked
package io.fleetline.cli.capacity;
