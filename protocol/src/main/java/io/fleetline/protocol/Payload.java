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

    /** A byte string (major type 2) with this content: how a body that is not CBOR travels. */
    public static Payload byteString(byte[] content) {
        int length = content.length;
        int headBytes = length < 24 ? 1 : length < 0x100 ? 2 : length < 0x1_0000 ? 3 : 5;
        ByteBuffer item = ByteBuffer.allocate(headBytes + length);
        switch (headBytes) {
            case 1 -> item.put((byte) (0x40 | length));
            case 2 -> item.put((byte) 0x58).put((byte) length);
            case 3 -> item.put((byte) 0x59).putShort((short) length);
            default -> item.put((byte) 0x5a).putInt(length);
        }
        return wrap(item.put(content).array());
    }

    /** Whether this item is a byte string of definite length. */
    public boolean isByteString() {
        int initial = array[offset] & 0xff;
        return initial >= 0x40 && initial <= 0x5b && length >= byteStringHeadBytes();
    }

    /** The content of a byte string of definite length, copied; empty if this item is anything else. */
    public Optional<byte[]> byteStringContent() {
        // Whoever made the payload vouches that its bytes are one item: all behind the head is content.
        return isByteString()
                ? Optional.of(Arrays.copyOfRange(array, offset + byteStringHeadBytes(), offset + length))
                : Optional.empty();
    }

    private int byteStringHeadBytes() {
        int info = array[offset] & 0x1f;
        return info < 24 ? 1 : 1 + (1 << (info - 24));
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
