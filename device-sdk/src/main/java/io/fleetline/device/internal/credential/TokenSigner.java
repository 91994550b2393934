package io.fleetline.device.internal.credential;

import java.nio.charset.StandardCharsets;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.interfaces.ECKey;
import java.security.interfaces.EdECKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.NamedParameterSpec;
import java.time.Duration;
import java.util.Base64;

/**
 * Signs tokens (RFC 7519) with a device's own key, as compact JWS (RFC 7515 section 3.1): ES256 (RFC 7518 section 3.4) or
 * EdDSA with Ed25519 (RFC 8037). Thread-safe.
 */
public final class TokenSigner {
    private static final Base64.Encoder BASE64URL = Base64.getUrlEncoder().withoutPadding();

    private final PrivateKey key;
    private final String signature;
    private final String header;
    private final String claims;
    private final long lifetimeSeconds;

    /**
     * A signer for one device.
     *
     * @param key an EC key on P-256, or an Ed25519 key
     * @param keyId what the registry calls the key: {@code kid}
     * @param subject {@code sub}
     * @param audience {@code aud}
     * @param lifetime from {@code iat} to {@code exp}, in whole seconds
     * @throws IllegalArgumentException if the key is of another kind
     */
    public TokenSigner(PrivateKey key, String keyId, String subject, String audience, Duration lifetime) {
        this.key = key;
        String algorithm = algorithm(key);
        // JWS wants the two numbers of an ECDSA signature side by side, not in ASN.1 as TLS does.
        this.signature = algorithm.equals("ES256") ? "SHA256withECDSAinP1363Format" : "Ed25519";
        this.header = encode("{\"alg\":\"" + algorithm + "\",\"kid\":" + quoted(keyId) + ",\"typ\":\"JWT\"}");
        this.claims = "{\"sub\":" + quoted(subject) + ",\"aud\":" + quoted(audience);
        this.lifetimeSeconds = lifetime.toSeconds();
    }

    /**
     * What {@code alg} is for a key.
     *
     * @throws IllegalArgumentException if the key is neither on P-256 nor Ed25519
     */
    public static String algorithm(PrivateKey key) {
        if (key instanceof EdECKey edwards
                && edwards.getParams().getName().equals(NamedParameterSpec.ED25519.getName())) {
            return "EdDSA";
        }
        if (key instanceof ECKey elliptic && isP256(elliptic.getParams())) {
            return "ES256";
        }
        throw new IllegalArgumentException("tokens are signed with an EC key on P-256 or an Ed25519 key, not with this "
                + key.getAlgorithm() + " key");
    }

    private static boolean isP256(ECParameterSpec curve) {
        try {
            AlgorithmParameters parameters = AlgorithmParameters.getInstance("EC");
            parameters.init(new ECGenParameterSpec("secp256r1"));
            ECParameterSpec p256 = parameters.getParameterSpec(ECParameterSpec.class);
            return curve.getCurve().equals(p256.getCurve())
                    && curve.getGenerator().equals(p256.getGenerator())
                    && curve.getOrder().equals(p256.getOrder());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK does not know P-256", e);
        }
    }

    /** When a token that is issued now ends, in Unix ms. */
    public long endsAtMillis(long nowUnixMillis) {
        return (nowUnixMillis / 1000 + lifetimeSeconds) * 1000;
    }

    /** A token that is issued now. */
    public String sign(long nowUnixMillis) {
        long now = nowUnixMillis / 1000;
        String payload = encode(claims + ",\"iat\":" + now + ",\"exp\":" + (now + lifetimeSeconds) + "}");
        try {
            Signature signer = Signature.getInstance(signature);
            signer.initSign(key);
            signer.update((header + "." + payload).getBytes(StandardCharsets.US_ASCII));
            return header + "." + payload + "." + BASE64URL.encodeToString(signer.sign());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("cannot sign a token: " + e.getMessage(), e);
        }
    }

    private static String encode(String json) {
        return BASE64URL.encodeToString(json.getBytes(StandardCharsets.UTF_8));
    }

    /** A JSON string (RFC 8259 section 7). */
    private static String quoted(String text) {
        StringBuilder json = new StringBuilder("\"");
        text.chars().forEach(c -> {
            if (c == '"' || c == '\\') {
                json.append('\\').append((char) c);
            } else if (c < 0x20) {
                json.append(String.format("\\u%04x", c));
            } else {
                json.append((char) c);
            }
        });
        return json.append('"').toString();
    }
}
