/** P11 and P13: what the SDK takes of a device and of its link. */
@org.jspecify.annotations.NullMarked
package io.fleetline.bench.device;
