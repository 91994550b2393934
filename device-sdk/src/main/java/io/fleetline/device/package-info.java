/**
 * All that an application on a device may use, and nothing else.
 *
 * <p>Begin with {@link io.fleetline.device.DeviceClient}. No method takes or returns {@code null} unless it says so. Types
 * of {@code io.fleetline.protocol} that appear here, such as {@link io.fleetline.protocol.DeviceId} and
 * {@link io.fleetline.protocol.Lane}, are part of this API; nothing under {@code internal} is.
 */
@org.jspecify.annotations.NullMarked
package io.fleetline.device;
