package io.fleetline.ingest.registry;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * What is kept of a device's secret: SHA-256 over a salt and the secret. A secret has at least 128 random bits, which no
 * fast hash helps to guess; a slow one would only cost the node.
 */
public final class SecretHash {
    /** Bytes of a salt. */
    public static final int SALT_BYTES = 16;

    private static final int HASH_BYTES = 32;
    private static final int ID_BYTES = 5;

    /** No secret has it: it takes 2^256 tries to find one. What an unknown device is compared with. */
    public static final SecretHash NOBODYS = new SecretHash(new byte[SALT_BYTES], new byte[HASH_BYTES]);

    /** The salt, and the hash behind it: one array, for there may be a million of these. */
    private final byte[] saltAndHash;

    /**
     * A hash that was stored.
     *
     * @throws IllegalArgumentException if a length is wrong
     */
    public SecretHash(byte[] salt, byte[] hash) {
        if (salt.length != SALT_BYTES || hash.length != HASH_BYTES) {
            throw new IllegalArgumentException("a secret's salt and hash have " + salt.length + " and " + hash.length
                    + " bytes, not " + SALT_BYTES + " and " + HASH_BYTES);
        }
        saltAndHash = Arrays.copyOf(salt, SALT_BYTES + HASH_BYTES);
        System.arraycopy(hash, 0, saltAndHash, SALT_BYTES, HASH_BYTES);
    }

    /** Hashes a secret with this salt. */
    public static SecretHash of(String secret, byte[] salt) {
        return new SecretHash(salt, digest(salt, secret));
    }

    /** Whether this is the secret's hash; takes the same time whatever the answer. */
    public boolean matches(String secret) {
        return MessageDigest.isEqual(hash(), digest(salt(), secret));
    }

    /** What names it among the secrets of its device: the beginning of the salt, in hexadecimal. */
    public String id() {
        return HexFormat.of().formatHex(saltAndHash, 0, ID_BYTES);
    }

    /** The salt, copied. */
    public byte[] salt() {
        return Arrays.copyOf(saltAndHash, SALT_BYTES);
    }

    /** The hash, copied. */
    public byte[] hash() {
        return Arrays.copyOfRange(saltAndHash, SALT_BYTES, SALT_BYTES + HASH_BYTES);
    }

    private static byte[] digest(byte[] salt, String secret) {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            sha256.update(salt);
            return sha256.digest(secret.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SecretHash that && MessageDigest.isEqual(saltAndHash, that.saltAndHash);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(saltAndHash);
    }

    /** The salt's beginning only. */
    @Override
    public String toString() {
        return "SecretHash[" + id() + "]";
    }
}
