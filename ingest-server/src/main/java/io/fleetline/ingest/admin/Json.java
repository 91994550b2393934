package io.fleetline.ingest.admin;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.util.Set;
import java.util.TreeSet;

/** JSON as the admin API takes and gives it: what is not known is refused, and a body is not large. */
final class Json {
    private static final int MAX_BYTES = 1024 * 1024;
    private static final long MOST_DRAINED_BYTES = 16L * MAX_BYTES;

    private static final ObjectMapper MAPPER = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private Json() {}

    static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    static byte[] bytes(JsonNode node) {
        try {
            return MAPPER.writeValueAsBytes(node);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree always has a JSON form", e);
        }
    }

    static JsonNode parse(byte[] bytes) {
        try {
            return MAPPER.readTree(bytes);
        } catch (IOException e) {
            throw Problem.badRequest("not JSON: " + e.getMessage());
        }
    }

    /** Reads an object that has no other members than these; nothing at all is an object without any. */
    static JsonNode read(InputStream body, Set<String> members) throws IOException {
        byte[] bytes = body.readNBytes(MAX_BYTES + 1);
        if (bytes.length > MAX_BYTES) {
            drain(body);
            throw new Problem(413, "The body is too large", "a body of more than " + MAX_BYTES + " bytes");
        }
        JsonNode node = bytes.length == 0 ? object() : parse(bytes);
        if (!node.isObject()) {
            throw Problem.badRequest("the body is not an object");
        }
        requireKnown(node, members);
        return node;
    }

    /** Whoever is still sending hears the answer only then; whoever sends without an end does not deserve one. */
    private static void drain(InputStream body) throws IOException {
        byte[] dropped = new byte[8 * 1024];
        long left = MOST_DRAINED_BYTES;
        int read = body.read(dropped);
        while (read >= 0 && left > 0) {
            left -= read;
            read = body.read(dropped);
        }
    }

    static void requireKnown(JsonNode node, Set<String> members) {
        node.fieldNames().forEachRemaining(name -> {
            if (!members.contains(name)) {
                throw Problem.badRequest("unknown member " + name + "; known are " + new TreeSet<>(members));
            }
        });
    }

    static boolean flag(JsonNode from, String name, boolean otherwise) {
        JsonNode value = from.path(name);
        if (value.isMissingNode()) {
            return otherwise;
        }
        if (!value.isBoolean()) {
            throw Problem.badRequest(name + " is true or false");
        }
        return value.asBoolean();
    }

    static String text(JsonNode from, String name) {
        JsonNode value = from.path(name);
        if (!value.isTextual() || value.asText().isEmpty()) {
            throw Problem.badRequest(name + " is missing, or no text");
        }
        return value.asText();
    }
}
