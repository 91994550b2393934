/** Runs the exact stage in a process of its own, on a class path of its own. */
@org.jspecify.annotations.NullMarked
package io.fleetline.cli.exact;
