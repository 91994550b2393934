package io.fleetline.backend.filter;

/**
 * Turns what a held record carries into bytes and back, so that a filter's state can be stored.
 *
 * @param <R> what the records carry
 */
public interface HeldRecordCodec<R> {
    /** The bytes, which {@link #decode} turns back into an equal payload. */
    byte[] encode(R payload);

    /**
     * The payload.
     *
     * @throws FilterStateException if these bytes cannot be read
     */
    R decode(byte[] bytes);
}
