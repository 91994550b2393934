package io.fleetline.ingest.registry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The form in which a device lies in the registry's topic: JSON with a version, so that an operator can read it.
 *
 * <pre>{@code
 * {"version": 1, "disabled": false, "credentials": [{"kind": "secret", "salt": base64, "sha256": base64}]}
 * }</pre>
 *
 * Fields and kinds of credential that this version does not know are left alone: a newer node wrote them.
 */
public final class StoredDevice {
    /** The version that is written, and the newest that is read. */
    public static final int VERSION = 1;

    private static final String KIND_SECRET = "secret";

    private static final ObjectMapper JSON = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private StoredDevice() {}

    /** Writes a device. */
    public static byte[] encode(RegisteredDevice device) {
        ObjectNode root = JSON.createObjectNode().put("version", VERSION).put("disabled", device.disabled());
        var credentials = root.putArray("credentials");
        for (SecretHash secret : device.secrets()) {
            credentials
                    .addObject()
                    .put("kind", KIND_SECRET)
                    .put("salt", secret.salt())
                    .put("sha256", secret.hash());
        }
        try {
            return JSON.writeValueAsBytes(root);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree always has a JSON form", e);
        }
    }

    /**
     * Reads a device.
     *
     * @throws IOException if the bytes are not of the form, or of a version that this node cannot read
     */
    public static RegisteredDevice decode(byte[] stored) throws IOException {
        JsonNode root = JSON.readTree(stored);
        int version = root.path("version").asInt(0);
        if (version < 1 || version > VERSION) {
            throw new IOException(
                    "a stored device has version " + root.path("version") + "; this node reads 1 to " + VERSION);
        }
        List<SecretHash> secrets = new ArrayList<>();
        for (JsonNode credential : root.path("credentials")) {
            if (KIND_SECRET.equals(credential.path("kind").asText())) {
                try {
                    secrets.add(new SecretHash(
                            credential.path("salt").binaryValue(),
                            credential.path("sha256").binaryValue()));
                } catch (IllegalArgumentException | NullPointerException e) {
                    throw new IOException("a stored secret cannot be read", e);
                }
            }
        }
        return new RegisteredDevice(root.path("disabled").asBoolean(false), secrets);
    }
}
