/** All that an application on a device may use, and nothing else. */
@org.jspecify.annotations.NullMarked
package io.fleetline.device;
