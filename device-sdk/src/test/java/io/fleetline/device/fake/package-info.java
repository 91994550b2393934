/** A node that stores in memory, for tests: what it expects of a device it checks. */
@org.jspecify.annotations.NullMarked
package io.fleetline.device.fake;
