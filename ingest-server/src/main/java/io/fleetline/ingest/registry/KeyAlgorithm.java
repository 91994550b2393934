package io.fleetline.ingest.registry;

import java.util.Optional;

/** How a token may be signed (RFC 7518 section 3.4, RFC 8037). The key says which, the token never does. */
public enum KeyAlgorithm {
    /** ECDSA on P-256 with SHA-256. */
    ES256("ES256", "EC"),
    /** Ed25519. */
    EDDSA("EdDSA", "Ed25519");

    private final String jwsName;
    private final String keyFactory;

    KeyAlgorithm(String jwsName, String keyFactory) {
        this.jwsName = jwsName;
        this.keyFactory = keyFactory;
    }

    /** The name in a token's header. */
    public String jwsName() {
        return jwsName;
    }

    /** What Java's key factory for such keys is called. */
    String keyFactory() {
        return keyFactory;
    }

    /** The algorithm of this name, exactly as in a token's header; empty for one that is not taken here. */
    public static Optional<KeyAlgorithm> of(String jwsName) {
        for (KeyAlgorithm algorithm : values()) {
            if (algorithm.jwsName.equals(jwsName)) {
                return Optional.of(algorithm);
            }
        }
        return Optional.empty();
    }
}
