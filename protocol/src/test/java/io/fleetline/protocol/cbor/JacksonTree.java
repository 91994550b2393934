package io.fleetline.protocol.cbor;

import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import com.fasterxml.jackson.dataformat.cbor.CBORParser;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** CBOR as Jackson reads it, as plain values that can be compared: the second opinion on what {@link BodyReader} reads. */
final class JacksonTree {
    private static final CBORFactory FACTORY = CBORFactory.builder()
            .enable(CBORParser.Feature.DECODE_USING_STANDARD_NEGATIVE_BIGINT_ENCODING)
            .build();

    private JacksonTree() {}

    /**
     * What Jackson read.
     *
     * @param value the item
     * @param end how many bytes it has
     */
    record Read(Object value, int end) {}

    static Read read(byte[] array, int offset, int length) throws IOException {
        try (CBORParser parser = FACTORY.createParser(array, offset, length)) {
            parser.nextToken();
            Object value = value(parser);
            // Strings are read when they are asked for; only then the location is behind them.
            return new Read(value, (int) parser.currentLocation().getByteOffset());
        }
    }

    private static Object value(CBORParser parser) throws IOException {
        JsonToken token = parser.currentToken();
        if (token == null) {
            throw new IOException("no item");
        }
        return switch (token) {
            case START_OBJECT -> {
                Map<String, Object> map = new LinkedHashMap<>();
                while (parser.nextToken() != JsonToken.END_OBJECT) {
                    String key = parser.currentName();
                    parser.nextToken();
                    map.put(key, value(parser));
                }
                yield map;
            }
            case START_ARRAY -> {
                List<Object> list = new ArrayList<>();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    list.add(value(parser));
                }
                yield list;
            }
            case VALUE_STRING -> parser.getText();
            case VALUE_NUMBER_INT -> parser.getBigIntegerValue();
            case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
            case VALUE_EMBEDDED_OBJECT -> ByteBuffer.wrap(parser.getBinaryValue());
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NULL -> "null";
            default -> throw new IOException("unexpected " + token);
        };
    }

    /** What our own decoding gave, in the same plain values. */
    static Object plain(Object decoded) {
        if (decoded == null) {
            return "null";
        }
        if (decoded instanceof Long number) {
            return BigInteger.valueOf(number);
        }
        if (decoded instanceof byte[] bytes) {
            return ByteBuffer.wrap(bytes);
        }
        if (decoded instanceof List<?> list) {
            return list.stream().map(JacksonTree::plain).toList();
        }
        if (decoded instanceof Map<?, ?> map) {
            Map<Object, Object> plain = new LinkedHashMap<>();
            map.forEach((key, value) -> plain.put(key, plain(value)));
            return plain;
        }
        return decoded;
    }
}
