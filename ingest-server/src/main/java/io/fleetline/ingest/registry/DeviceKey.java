package io.fleetline.ingest.registry;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.spec.NamedParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;

/** A public key whose tokens are taken. Kept as its bytes, for there may be a million; parsed when a token comes. */
public final class DeviceKey implements DeviceCredential {
    /** The longest id of a key, which a token has to repeat. */
    public static final int MAX_ID_CHARS = 256;

    private static final int P256_BITS = 256;
    private static final BigInteger P256_ORDER =
            new BigInteger("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551", 16);

    private final String id;
    private final KeyAlgorithm algorithm;
    private final byte[] encoded;
    private final Validity validity;

    private DeviceKey(String id, KeyAlgorithm algorithm, byte[] encoded, Validity validity) {
        this.id = id;
        this.algorithm = algorithm;
        this.encoded = encoded;
        this.validity = validity;
    }

    /**
     * A key that was stored.
     *
     * @param id what a token's {@code kid} has to be
     * @param encoded SubjectPublicKeyInfo, DER (RFC 5280 section 4.1)
     * @throws IllegalArgumentException if it is no such key
     */
    public static DeviceKey of(String id, KeyAlgorithm algorithm, byte[] encoded, Validity validity) {
        if (id.isEmpty() || id.length() > MAX_ID_CHARS) {
            throw new IllegalArgumentException(
                    "a key's id has " + id.length() + " characters, not 1 to " + MAX_ID_CHARS);
        }
        DeviceKey key = new DeviceKey(id, algorithm, encoded.clone(), validity);
        key.publicKey(); // throws unless it is one
        return key;
    }

    /**
     * A key, which says itself how it signs.
     *
     * @throws IllegalArgumentException if it is neither on P-256 nor Ed25519
     */
    public static DeviceKey of(String id, PublicKey key, Validity validity) {
        KeyAlgorithm algorithm = key instanceof EdECPublicKey ? KeyAlgorithm.EDDSA : KeyAlgorithm.ES256;
        return of(id, algorithm, key.getEncoded(), validity);
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public Validity validity() {
        return validity;
    }

    /** How its tokens are signed. */
    public KeyAlgorithm algorithm() {
        return algorithm;
    }

    /** SubjectPublicKeyInfo in base64. */
    public String base64() {
        return Base64.getEncoder().encodeToString(encoded);
    }

    /** The key in Java's form. */
    public PublicKey publicKey() {
        try {
            PublicKey key =
                    KeyFactory.getInstance(algorithm.keyFactory()).generatePublic(new X509EncodedKeySpec(encoded));
            boolean fits = switch (algorithm) {
                case ES256 -> key instanceof ECPublicKey ec && isP256(ec);
                case EDDSA ->
                    key instanceof EdECPublicKey ed
                            && ed.getParams().getName().equals(NamedParameterSpec.ED25519.getName());
            };
            if (!fits) {
                throw new IllegalArgumentException("key " + id + " is not one for " + algorithm.jwsName());
            }
            return key;
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("key " + id + " is not one for " + algorithm.jwsName() + ": " + e, e);
        }
    }

    /** By the order of the group, which no other curve of these widths that Java knows has. */
    private static boolean isP256(ECPublicKey key) {
        return key.getParams().getCurve().getField().getFieldSize() == P256_BITS
                && key.getParams().getOrder().equals(P256_ORDER);
    }

    @Override
    public DeviceKey within(Validity other) {
        return new DeviceKey(id, algorithm, encoded, other);
    }

    @Override
    public boolean isSame(DeviceCredential other) {
        return other instanceof DeviceKey key
                && key.id.equals(id)
                && key.algorithm == algorithm
                && Arrays.equals(key.encoded, encoded);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof DeviceKey key && isSame(key) && key.validity.equals(validity);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(encoded);
    }

    @Override
    public String toString() {
        return algorithm.jwsName() + " key " + id;
    }
}
