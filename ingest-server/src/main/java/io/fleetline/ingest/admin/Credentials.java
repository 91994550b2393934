package io.fleetline.ingest.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fleetline.ingest.registry.DeviceCredential;
import io.fleetline.ingest.registry.DeviceKey;
import io.fleetline.ingest.registry.DeviceSecret;
import io.fleetline.ingest.registry.KeyAlgorithm;
import io.fleetline.ingest.registry.NewSecret;
import io.fleetline.ingest.registry.Validity;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A credential as the API takes and shows it. */
final class Credentials {
    /** A credential that is to be added, and its secret, which is shown this once. */
    record Made(DeviceCredential credential, Optional<String> secret) {}

    private static final Set<String> MEMBERS = Set.of("kind", "secret", "id", "publicKey", "from", "until");
    private static final Pattern PEM =
            Pattern.compile("-----BEGIN PUBLIC KEY-----([A-Za-z0-9+/=\\s]+)-----END PUBLIC KEY-----");
    /** 128 random bits in base64. */
    private static final int LEAST_SECRET_CHARS = 22;

    private Credentials() {}

    /** Reads what is to be added; nothing said means a new secret. */
    static Made read(JsonNode from, SecureRandom random) {
        Json.requireKnown(from, MEMBERS);
        Validity validity = Validity.of(time(from, "from"), time(from, "until"));
        String kind = from.path("kind").asText("secret");
        return switch (kind) {
            case "secret" -> secret(from, validity, random);
            case "key" -> new Made(key(from, validity), Optional.empty());
            default -> throw Problem.badRequest("kind is secret or key, not " + kind);
        };
    }

    private static Made secret(JsonNode from, Validity validity, SecureRandom random) {
        if (!from.has("secret")) {
            NewSecret made = NewSecret.generate(random);
            return new Made(new DeviceSecret(made.hash(), validity), Optional.of(made.secret()));
        }
        String given = Json.text(from, "secret");
        if (given.length() < LEAST_SECRET_CHARS) {
            throw new IllegalArgumentException(
                    "a secret of " + given.length() + " characters; it is stored by a fast hash"
                            + " and needs 128 random bits, at least " + LEAST_SECRET_CHARS + " characters");
        }
        return new Made(new DeviceSecret(NewSecret.of(given, random).hash(), validity), Optional.empty());
    }

    /** By its PEM form, which says itself what kind of key it is. */
    static DeviceKey key(JsonNode from, Validity validity) {
        Matcher pem = PEM.matcher(Json.text(from, "publicKey"));
        if (!pem.find()) {
            throw Problem.badRequest("publicKey is not in PEM (BEGIN PUBLIC KEY)");
        }
        byte[] encoded = Base64.getMimeDecoder().decode(pem.group(1));
        String id = Json.text(from, "id");
        IllegalArgumentException last = new IllegalArgumentException("no algorithm");
        for (KeyAlgorithm algorithm : KeyAlgorithm.values()) {
            try {
                return DeviceKey.of(id, algorithm, encoded, validity);
            } catch (IllegalArgumentException e) {
                last = e;
            }
        }
        throw new IllegalArgumentException("publicKey is neither on P-256 nor Ed25519: " + last.getMessage(), last);
    }

    private static long time(JsonNode from, String name) {
        JsonNode value = from.path(name);
        if (value.isMissingNode()) {
            return 0;
        }
        if (!value.isIntegralNumber() || value.asLong() < 0) {
            throw Problem.badRequest(name + " is a time in Unix ms");
        }
        return value.asLong();
    }

    static void write(DeviceCredential credential, ObjectNode into) {
        into.put("kind", credential instanceof DeviceKey ? "key" : "secret").put("id", credential.id());
        if (credential instanceof DeviceKey key) {
            into.put("algorithm", key.algorithm().jwsName());
        }
        write(credential.validity(), into);
    }

    static void write(Validity validity, ObjectNode into) {
        if (validity.fromMillis() != 0) {
            into.put("from", validity.fromMillis());
        }
        if (validity.untilMillis() != 0) {
            into.put("until", validity.untilMillis());
        }
    }
}
