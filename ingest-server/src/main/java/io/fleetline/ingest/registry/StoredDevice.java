package io.fleetline.ingest.registry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The form in which a device lies in the registry's topic: JSON with a version, so that an operator can read it.
 *
 * <pre>{@code
 * {"version": 1, "disabled": false, "credentials": [
 *   {"kind": "secret", "salt": base64, "sha256": base64, "from": ms, "until": ms},
 *   {"kind": "key", "id": text, "algorithm": "ES256", "publicKey": base64, "from": ms, "until": ms}]}
 * }</pre>
 *
 * {@code from} and {@code until} are left out where there is no such end. Fields and kinds of credential that this version
 * does not know are left alone: a newer node wrote them.
 */
public final class StoredDevice {
    /** The version that is written, and the newest that is read. */
    public static final int VERSION = 1;

    private static final String KIND_SECRET = "secret";
    private static final String KIND_KEY = "key";

    private static final ObjectMapper JSON = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private StoredDevice() {}

    /** Writes a device. */
    public static byte[] encode(RegisteredDevice device) {
        ObjectNode root = JSON.createObjectNode().put("version", VERSION).put("disabled", device.disabled());
        ArrayNode credentials = root.putArray("credentials");
        device.credentials().forEach(credential -> write(credential, credentials.addObject()));
        return bytes(root);
    }

    /**
     * Reads a device.
     *
     * @throws IOException if the bytes are not of the form, or of a version that this node cannot read
     */
    public static RegisteredDevice decode(byte[] stored) throws IOException {
        JsonNode root = read(stored, "device", VERSION);
        List<DeviceCredential> credentials = new ArrayList<>();
        try {
            for (JsonNode credential : root.path("credentials")) {
                switch (credential.path("kind").asText()) {
                    case KIND_SECRET -> credentials.add(new DeviceSecret(hash(credential), validity(credential)));
                    case KIND_KEY -> credentials.add(key(credential));
                    default -> {}
                }
            }
            return new RegisteredDevice(root.path("disabled").asBoolean(false), credentials);
        } catch (IllegalArgumentException e) {
            throw new IOException("a stored device cannot be read: " + e.getMessage(), e);
        }
    }

    // ---- what StoredTenant writes and reads in the same way

    static JsonNode read(byte[] stored, String what, int newest) throws IOException {
        JsonNode root = JSON.readTree(stored);
        int version = root.path("version").asInt(0);
        if (version < 1 || version > newest) {
            throw new IOException(
                    "a stored " + what + " has version " + root.path("version") + "; this node reads 1 to " + newest);
        }
        return root;
    }

    static ObjectNode object() {
        return JSON.createObjectNode();
    }

    static byte[] bytes(ObjectNode root) {
        try {
            return JSON.writeValueAsBytes(root);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree always has a JSON form", e);
        }
    }

    static void write(SecretHash hash, ObjectNode into) {
        into.put("salt", hash.salt()).put("sha256", hash.hash());
    }

    static void write(Validity validity, ObjectNode into) {
        if (validity.fromMillis() != 0) {
            into.put("from", validity.fromMillis());
        }
        if (validity.untilMillis() != 0) {
            into.put("until", validity.untilMillis());
        }
    }

    static void write(DeviceCredential credential, ObjectNode into) {
        if (credential instanceof DeviceSecret secret) {
            into.put("kind", KIND_SECRET);
            write(secret.hash(), into);
        } else if (credential instanceof DeviceKey key) {
            into.put("kind", KIND_KEY)
                    .put("id", key.id())
                    .put("algorithm", key.algorithm().jwsName())
                    .put("publicKey", key.base64());
        }
        write(credential.validity(), into);
    }

    static SecretHash hash(JsonNode from) throws IOException {
        return new SecretHash(binary(from, "salt"), binary(from, "sha256"));
    }

    static Validity validity(JsonNode from) {
        return Validity.of(from.path("from").asLong(0), from.path("until").asLong(0));
    }

    static DeviceKey key(JsonNode from) throws IOException {
        String algorithm = from.path("algorithm").asText();
        return DeviceKey.of(
                from.path("id").asText(),
                KeyAlgorithm.of(algorithm)
                        .orElseThrow(() -> new IllegalArgumentException("a key for \"" + algorithm + "\"")),
                binary(from, "publicKey"),
                validity(from));
    }

    static byte[] binary(JsonNode from, String field) throws IOException {
        byte[] bytes = from.path(field).binaryValue();
        if (bytes == null) {
            throw new IllegalArgumentException(field + " is missing");
        }
        return bytes;
    }
}
