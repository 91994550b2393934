/** Holds, in order and on disk, what the node has not acknowledged. */
@org.jspecify.annotations.NullMarked
package io.fleetline.device.internal.outbox;
