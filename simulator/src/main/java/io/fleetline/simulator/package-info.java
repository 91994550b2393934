/** Plays a fleet of devices through the real SDK. */
@org.jspecify.annotations.NullMarked
package io.fleetline.simulator;
