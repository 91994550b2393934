package io.fleetline.ingest.registry;

import java.security.SecureRandom;
import java.util.Base64;

/**
 * A secret that was just made: shown this once, and kept as its hash only.
 *
 * @param secret what the device is to be told; 192 random bits in 32 characters that need no quoting anywhere
 * @param hash what the registry is to keep
 */
public record NewSecret(String secret, SecretHash hash) {
    private static final int SECRET_BYTES = 24;

    /** Makes a secret. */
    public static NewSecret generate(SecureRandom random) {
        byte[] bits = new byte[SECRET_BYTES];
        random.nextBytes(bits);
        return of(Base64.getUrlEncoder().withoutPadding().encodeToString(bits), random);
    }

    /** Hashes a secret that was made elsewhere. */
    public static NewSecret of(String secret, SecureRandom random) {
        byte[] salt = new byte[SecretHash.SALT_BYTES];
        random.nextBytes(salt);
        return new NewSecret(secret, SecretHash.of(secret, salt));
    }

    /** Without the secret: this text may reach a log. */
    @Override
    public String toString() {
        return "NewSecret[secret=…, hash=" + hash + "]";
    }
}
