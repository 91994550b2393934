/** Proves to a node which device is calling. */
@org.jspecify.annotations.NullMarked
package io.fleetline.device.internal.credential;
