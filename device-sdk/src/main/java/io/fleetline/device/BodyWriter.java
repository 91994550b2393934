package io.fleetline.device;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;

/**
 * Writes a body piece by piece, without building maps and lists first. Every method returns this writer, so that calls
 * can be chained:
 *
 * <pre>{@code
 * Body.write(w -> w.startMap()
 *         .put("celsius", 21.5)
 *         .key("samples").startList().value(3).value(4).endList()
 *         .endMap());
 * }</pre>
 *
 * <p>Not thread-safe; valid only within the call that it was handed to. Any method throws {@link IllegalStateException}
 * where what it writes may not stand, such as a value without a key in a map.
 */
public final class BodyWriter {
    private static final CBORFactory CBOR = new CBORFactory();

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(128);
    private final JsonGenerator generator;
    private int written;

    BodyWriter() {
        try {
            generator = CBOR.createGenerator(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Begins a map: keys and values by turns, up to {@link #endMap}. */
    public BodyWriter startMap() {
        return write(JsonGenerator::writeStartObject);
    }

    /** Ends the map that was begun last. */
    public BodyWriter endMap() {
        return write(JsonGenerator::writeEndObject);
    }

    /** Begins a list. */
    public BodyWriter startList() {
        return write(JsonGenerator::writeStartArray);
    }

    /** Ends the list that was begun last. */
    public BodyWriter endList() {
        return write(JsonGenerator::writeEndArray);
    }

    /** Writes the key of the next value of a map. */
    public BodyWriter key(String key) {
        return write(g -> g.writeFieldName(key));
    }

    /** Writes a whole number. */
    public BodyWriter value(long value) {
        return write(g -> g.writeNumber(value));
    }

    /** Writes a number. */
    public BodyWriter value(double value) {
        return write(g -> g.writeNumber(value));
    }

    /** Writes a number in single precision: 4 bytes fewer than a {@code double}. */
    public BodyWriter value(float value) {
        return write(g -> g.writeNumber(value));
    }

    /** Writes a text. */
    public BodyWriter value(String value) {
        return write(g -> g.writeString(value));
    }

    /** Writes true or false. */
    public BodyWriter value(boolean value) {
        return write(g -> g.writeBoolean(value));
    }

    /** Writes a byte string. */
    public BodyWriter value(byte[] value) {
        return write(g -> g.writeBinary(value));
    }

    /** Writes a whole number of any size. */
    public BodyWriter value(BigInteger value) {
        return write(g -> g.writeNumber(value));
    }

    /** Writes a decimal fraction (RFC 8949 section 3.4.4). */
    public BodyWriter value(BigDecimal value) {
        return write(g -> g.writeNumber(value));
    }

    /** Writes a moment as text, as {@link Instant#toString} does (RFC 3339). */
    public BodyWriter value(Instant value) {
        return value(value.toString());
    }

    /** Writes CBOR's null. */
    public BodyWriter nothing() {
        return write(JsonGenerator::writeNull);
    }

    /** Writes a key and its value. */
    public BodyWriter put(String key, long value) {
        return key(key).value(value);
    }

    /** Writes a key and its value. */
    public BodyWriter put(String key, double value) {
        return key(key).value(value);
    }

    /** Writes a key and its value. */
    public BodyWriter put(String key, String value) {
        return key(key).value(value);
    }

    /** Writes a key and its value. */
    public BodyWriter put(String key, boolean value) {
        return key(key).value(value);
    }

    /** Writes a key and its value. */
    public BodyWriter put(String key, byte[] value) {
        return key(key).value(value);
    }

    /** The bytes, once one whole value was written. */
    byte[] finish() {
        if (!generator.getOutputContext().inRoot() || written != 1) {
            throw new IllegalStateException(
                    generator.getOutputContext().inRoot()
                            ? "a body is one value; " + written + " were written"
                            : "the body ends within a map or a list");
        }
        try {
            generator.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private BodyWriter write(Step step) {
        try {
            step.writeTo(generator);
            if (generator.getOutputContext().inRoot()) {
                written++;
            }
            return this;
        } catch (IOException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }

    @FunctionalInterface
    private interface Step {
        void writeTo(JsonGenerator generator) throws IOException;
    }
}
