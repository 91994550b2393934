package io.fleetline.backend.filter;

import io.fleetline.protocol.DeviceId;

/**
 * What comes out of a stream filter: called on the thread that feeds it, before the call that feeds it returns. It must
 * not feed the same filter.
 *
 * @param <R> what the records carry
 */
public interface FilterOutput<R> {
    /** The next event of its stream: each comes once, in the order of its lane. */
    void event(DeviceId device, StreamRecord<R> record);

    /**
     * Numbers of the stream that the device itself dropped. A gap that was held may come in parts, around events that
     * it covers and that were stored nevertheless.
     *
     * @param record the gap
     * @param from the first number of this part
     * @param to the last number of this part
     */
    void gap(DeviceId device, StreamRecord<R> record, long from, long to);

    /** Something that must not be passed over in silence. */
    void alarm(Alarm alarm);

    /** A record that goes no further, and why. Most are copies of what was delivered; nothing need be done. */
    default void ignored(DeviceId device, StreamRecord<R> record, IgnoreReason reason) {}
}
