package io.fleetline.ingest.identity;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.function.UnaryOperator;

/** Makes tokens, good ones and others, as a device or an issuer would; or as one that means no good. */
public final class Tokens {
    private Tokens() {}

    /** A key pair on P-256. */
    public static KeyPair p256() {
        return keys("EC");
    }

    /** A key pair for Ed25519. */
    public static KeyPair ed25519() {
        return keys("Ed25519");
    }

    private static KeyPair keys(String algorithm) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
            if (algorithm.equals("EC")) {
                generator.initialize(new ECGenParameterSpec("secp256r1"));
            }
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    /** What a token that is all right says. */
    public static JWTClaimsSet.Builder claims(String subject, long nowMillis) {
        return new JWTClaimsSet.Builder()
                .subject(subject)
                .audience("fleetline")
                .expirationTime(Date.from(
                        Instant.ofEpochMilli(nowMillis + Duration.ofHours(1).toMillis())));
    }

    /** A token of ours: {@code Bearer ...}. */
    public static String es256(KeyPair keys, String kid, JWTClaimsSet claims) {
        return es256(keys, claims, header -> header.keyID(kid));
    }

    /** The same with a header of the caller's choice. */
    public static String es256(KeyPair keys, JWTClaimsSet claims, UnaryOperator<JWSHeader.Builder> header) {
        try {
            SignedJWT token = new SignedJWT(
                    header.apply(new JWSHeader.Builder(JWSAlgorithm.ES256)).build(), claims);
            token.sign(new ECDSASigner((ECPrivateKey) keys.getPrivate()));
            return "Bearer " + token.serialize();
        } catch (JOSEException e) {
            throw new AssertionError(e);
        }
    }

    /** A token that is signed with Ed25519. */
    public static String edDsa(PrivateKey key, String kid, JWTClaimsSet claims) {
        String input = base64("{\"alg\":\"EdDSA\",\"kid\":\"" + kid + "\"}") + "." + base64(claims.toString());
        try {
            Signature signer = Signature.getInstance("Ed25519");
            signer.initSign(key);
            signer.update(input.getBytes(StandardCharsets.US_ASCII));
            return "Bearer " + input + "." + Base64URL.encode(signer.sign());
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    /** A token with this header, these claims and this signature, whatever they are. */
    public static String raw(String header, String claims, byte[] signature) {
        return "Bearer " + base64(header) + "." + base64(claims) + "." + Base64URL.encode(signature);
    }

    /** What an issuer publishes about its keys. */
    public static String jwks(List<ECKey> keys) {
        return new com.nimbusds.jose.jwk.JWKSet(List.copyOf(keys)).toString();
    }

    /** An issuer's key in the form in which it is published. */
    public static ECKey jwk(KeyPair keys, String kid) {
        return new ECKey.Builder(Curve.P_256, (ECPublicKey) keys.getPublic())
                .keyID(kid)
                .build();
    }

    private static String base64(String text) {
        return Base64URL.encode(text).toString();
    }
}
