/** Starts a whole Fleetline on one machine to try it out. */
@org.jspecify.annotations.NullMarked
package io.fleetline.cli.dev;
