/** Moves frames over one connection. */
@org.jspecify.annotations.NullMarked
package io.fleetline.device.internal.transport;
