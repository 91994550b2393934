package io.fleetline.device.internal.log;

/** Is told, oldest first, what a log holds. */
public interface Replay {
    /** A segment begins, and this is what its head says. The array is a copy. */
    void segment(long id, byte[] state);

    /** A batch begins, written at this time of day. */
    void batch(long unixMillis);

    /**
     * A record, whose bytes are good.
     *
     * @param place where it is, for {@link SegmentLog#read}
     * @param source holds it until this method returns
     */
    void record(int type, long place, byte[] source, int offset, int length);

    /** Something that was written is missing or spoilt. */
    void damage(String what);
}
