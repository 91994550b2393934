package io.fleetline.bench.wss;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * Who connects.
 *
 * @param id the device, {@code tenant/name}
 * @param secret its secret
 */
public record Credential(String id, String secret) {
    /** Those of an array of {@code {id, secret}}. */
    public static List<Credential> all(JsonNode devices) {
        List<Credential> all = new ArrayList<>(devices.size());
        devices.forEach(device -> all.add(
                new Credential(device.path("id").asText(), device.path("secret").asText())));
        return all;
    }

    /** As HTTP's header Authorization has it (RFC 7617). */
    String authorization() {
        return "Basic " + Base64.getEncoder().encodeToString((id + ":" + secret).getBytes(StandardCharsets.UTF_8));
    }

    /** Without the secret. */
    @Override
    public String toString() {
        return id;
    }
}
