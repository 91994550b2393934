package io.fleetline.protocol;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Objects;
import java.util.Optional;

/**
 * One CBOR data item (RFC 8949) as the sender encoded it: a slice of bytes that is passed through and never encoded
 * again. Whoever makes one vouches that it is well-formed; {@link io.fleetline.protocol.cbor.BodyWalk} is what checks it,
 * and {@link io.fleetline.protocol.cbor.BodyCodec} what makes one from Java values.
 *
 * <p>Immutable as long as the array under it is left alone, which its owner promises.
 */
public final class Payload {
    /** The CBOR value {@code null}: a body without content. */
    public static final Payload NULL = new Payload(new byte[] {(byte) 0xf6}, 0, 1, Optional.empty());

    private final byte[] array;
    private final int offset;
    private final int length;
    private final Optional<BodyFault> fault;

    private Payload(byte[] array, int offset, int length, Optional<BodyFault> fault) {
        this.array = array;
        this.offset = offset;
        this.length = length;
        this.fault = fault;
    }

    /**
     * A payload over part of an array, without a copy.
     *
     * @throws IndexOutOfBoundsException if the range is not within the array
     * @throws IllegalArgumentException if it is empty
     */
    public static Payload wrap(byte[] array, int offset, int length) {
        return wrap(array, offset, length, Optional.empty());
    }

    /** As {@link #wrap(byte[], int, int)}, for bytes that were walked and in which this fault was found, if any. */
    public static Payload wrap(byte[] array, int offset, int length, Optional<BodyFault> fault) {
        Objects.checkFromIndexSize(offset, length, array.length);
        if (length == 0) {
            throw new IllegalArgumentException("a payload is one CBOR item, and no item has 0 bytes");
        }
        return new Payload(array, offset, length, fault);
    }

    /** A payload over a whole array, without a copy. */
    public static Payload wrap(byte[] array) {
        return wrap(array, 0, array.length);
    }

    /** How many bytes it has, at least 1. */
    public int length() {
        return length;
    }

    /** What makes these bytes unacceptable as an event's body, although they are well-formed. */
    public Optional<BodyFault> fault() {
        return fault;
    }

    /** The bytes, copied. */
    public byte[] toByteArray() {
        return Arrays.copyOfRange(array, offset, offset + length);
    }

    /** The bytes, read-only and without a copy. */
    public ByteBuffer asByteBuffer() {
        return ByteBuffer.wrap(array, offset, length).slice().asReadOnlyBuffer();
    }

    /** Copies the bytes to {@code target} from {@code at} on. */
    public void copyTo(byte[] target, int at) {
        System.arraycopy(array, offset, target, at, length);
    }

    /** The array that the bytes lie in; not to be written to. */
    public byte[] array() {
        return array;
    }

    /** Where in {@link #array()} the bytes begin. */
    public int offset() {
        return offset;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Payload that
                && Arrays.equals(array, offset, offset + length, that.array, that.offset, that.offset + that.length);
    }

    @Override
    public int hashCode() {
        int hash = 1;
        for (int i = offset; i < offset + length; i++) {
            hash = 31 * hash + array[i];
        }
        return hash;
    }

    /** The first bytes in hex, for messages. */
    @Override
    public String toString() {
        String hex = HexFormat.of().formatHex(array, offset, offset + Math.min(length, 32));
        return "h'" + hex + (length > 32 ? "…' (" + length + " bytes)" : "'");
    }
}
