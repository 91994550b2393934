/** Keeps the device connected. */
@org.jspecify.annotations.NullMarked
package io.fleetline.device.internal.connection;
