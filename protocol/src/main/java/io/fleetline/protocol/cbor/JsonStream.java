package io.fleetline.protocol.cbor;

import com.fasterxml.jackson.core.Base64Variants;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Writes one CBOR item as JSON in UTF-8 without making Java values of it: a node that stores bodies as JSON does this for
 * each event. The item has been walked and has no fault. What it writes is what {@link JsonText} writes of the values that
 * {@link BodyReader} reads, and where that takes the values it leaves the work to those two. Used once.
 */
final class JsonStream {
    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(JsonWriteFeature.COMBINE_UNICODE_SURROGATES_IN_UTF8)
            .build();
    private static final int INDEFINITE = 31;
    private static final int BREAK = 0xff;
    private static final int TEXT = 3;

    private final byte[] array;
    private final JsonGenerator json;
    private int pos;

    private JsonStream(byte[] array, int pos, JsonGenerator json) {
        this.array = array;
        this.pos = pos;
        this.json = json;
    }

    /**
     * The JSON of the item that begins at this byte; empty if two keys of a map could become the same text, which only
     * somebody who has all of them can decide.
     */
    static Optional<byte[]> write(byte[] array, int pos, int length) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(2 * length + 16);
        boolean written;
        try (JsonGenerator json = JSON.createGenerator(out)) {
            JsonStream stream = new JsonStream(array, pos, json);
            written = stream.value();
        } catch (IOException e) {
            throw new UncheckedIOException("a byte array never fails", e);
        }
        return written ? Optional.of(out.toByteArray()) : Optional.empty();
    }

    /** Writes the item at {@link #pos} and goes behind it; false if that cannot be done in one pass. */
    private boolean value() throws IOException {
        int start = pos;
        int initial = array[pos++] & 0xff;
        int majorType = initial >>> 5;
        int info = initial & 0x1f;
        boolean indefinite = info == INDEFINITE;
        long argument = indefinite ? 0 : argument(info);
        switch (majorType) {
            case 0, 1 -> {
                if (argument < 0) {
                    return asValue(start);
                }
                json.writeNumber(majorType == 0 ? argument : ~argument);
            }
            case 2, TEXT -> {
                if (indefinite) {
                    return asValue(start);
                }
                string(majorType, (int) argument);
            }
            case 4 -> {
                return list(argument, indefinite);
            }
            case 5 -> {
                return map(start, argument, indefinite);
            }
            case 6 -> {
                boolean bignum = argument == CborWriter.BIGNUM || argument == CborWriter.NEGATIVE_BIGNUM;
                return bignum ? asValue(start) : value();
            }
            default -> simple(info, argument);
        }
        return true;
    }

    private void string(int majorType, int length) throws IOException {
        if (majorType == TEXT) {
            json.writeUTF8String(array, pos, length);
        } else {
            json.writeBinary(Base64Variants.MODIFIED_FOR_URL, array, pos, length);
        }
        pos += length;
    }

    private boolean list(long elements, boolean indefinite) throws IOException {
        json.writeStartArray();
        for (long i = 0; indefinite ? !atBreak() : i < elements; i++) {
            if (!value()) {
                return false;
            }
        }
        json.writeEndArray();
        return true;
    }

    /** Texts alone and integers alone, as in SenML, cannot become the same text, since the walk found no key twice. */
    private boolean map(int start, long pairs, boolean indefinite) throws IOException {
        boolean empty = indefinite ? (array[pos] & 0xff) == BREAK : pairs == 0;
        int keys = empty ? TEXT : (array[pos] & 0xff) >>> 5;
        if (keys > 1 && keys != TEXT) {
            return asValue(start);
        }
        json.writeStartObject();
        for (long pair = 0; indefinite ? !atBreak() : pair < pairs; pair++) {
            if (!key(keys == TEXT) || !value()) {
                return false;
            }
        }
        json.writeEndObject();
        return true;
    }

    private boolean key(boolean text) throws IOException {
        int initial = array[pos] & 0xff;
        int majorType = initial >>> 5;
        int info = initial & 0x1f;
        if (text ? majorType != TEXT : majorType > 1) {
            return false;
        }
        if (info == INDEFINITE) {
            json.writeFieldName((String) Objects.requireNonNull(decoded()));
            return true;
        }
        pos++;
        long argument = argument(info);
        if (text) {
            json.writeFieldName(new String(array, pos, (int) argument, StandardCharsets.UTF_8));
            pos += (int) argument;
        } else if (argument < 0) {
            return false;
        } else {
            json.writeFieldName(Long.toString(majorType == 0 ? argument : ~argument));
        }
        return true;
    }

    private void simple(int info, long bits) throws IOException {
        if (info == 20 || info == 21) {
            json.writeBoolean(info == 21);
            return;
        }
        double number = info < 25 ? Double.NaN : BodyReader.floatingPoint(info, bits);
        if (Double.isFinite(number)) {
            json.writeNumber(number);
        } else {
            json.writeNull();
        }
    }

    private boolean asValue(int start) throws IOException {
        pos = start;
        JsonText.write(json, decoded());
        return true;
    }

    private @Nullable Object decoded() {
        BodyReader reader = BodyReader.ofWalked(array, pos);
        Object value = reader.read();
        pos = reader.pos();
        return value;
    }

    private long argument(int info) {
        if (info < 24) {
            return info;
        }
        int width = 1 << (info - 24);
        long argument = Words.number(array, pos, width);
        pos += width;
        return argument;
    }

    private boolean atBreak() {
        if ((array[pos] & 0xff) == BREAK) {
            pos++;
            return true;
        }
        return false;
    }
}
