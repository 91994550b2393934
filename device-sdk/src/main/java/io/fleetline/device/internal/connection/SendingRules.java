package io.fleetline.device.internal.connection;

/**
 * How items are put together into frames, as the application wants it.
 *
 * @param lingerNanos how long an item of the normal or backfill lane may wait for others
 * @param maxFrameItems the most items in a frame
 * @param maxFrameBytes the most bytes of a frame, unless one item alone needs more
 */
public record SendingRules(long lingerNanos, int maxFrameItems, int maxFrameBytes) {}
