/** Stands between devices and nodes and does to their connections what networks do. */
@org.jspecify.annotations.NullMarked
package io.fleetline.simulator.network;
