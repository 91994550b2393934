package io.fleetline.ingest.identity;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.fleetline.ingest.registry.DeviceKey;
import io.fleetline.ingest.registry.DeviceRegistry;
import io.fleetline.ingest.registry.KeyAlgorithm;
import io.fleetline.ingest.registry.TokenIssuer;
import io.fleetline.ingest.registry.Validity;
import io.fleetline.ingest.time.NodeTime;
import io.fleetline.protocol.DeviceId;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.text.ParseException;
import java.util.Collections;
import java.util.Date;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Checks tokens (RFC 7519, and RFC 8725 for what goes wrong with them): signed with the device's own key, or by an issuer
 * that the device's tenant trusts, which is the one that {@code iss} names. The key says how a token is signed; that the
 * token's header says the same is checked, not believed.
 */
final class TokenCheck {
    /** By how much clocks may differ. */
    private static final long LEEWAY_MILLIS = TimeUnit.SECONDS.toMillis(60);
    /** A token that is good for longer is a password. */
    private static final long LONGEST_MILLIS = TimeUnit.HOURS.toMillis(24);

    /** Where a token brings its own key or hides something, whatever it says there. */
    private static final Set<String> REFUSED_HEADERS = Set.of("jku", "jwk", "x5u", "x5c", "crit", "b64", "zip", "enc");

    /** Nobody's keys, so that a token of an unknown device costs as much as that of a known one. */
    private static final Map<KeyAlgorithm, DeviceKey> NOBODY = nobodysKeys();

    private final DeviceRegistry registry;
    private final NodeTime time;
    private final String audience;
    private final IssuerKeys issuerKeys;

    TokenCheck(DeviceRegistry registry, NodeTime time, String audience, IssuerKeys issuerKeys) {
        this.registry = registry;
        this.time = time;
        this.audience = audience;
        this.issuerKeys = issuerKeys;
    }

    /** What a token claims and nobody has checked yet. */
    private record Claimed(SignedJWT token, JWTClaimsSet claims, KeyAlgorithm algorithm, String kid, String subject) {
        Verdict.Refused wrong(String detail) {
            return new Verdict.Refused(Verdict.Reason.WRONG, subject, detail);
        }
    }

    /** A key, and who vouches with it. */
    private record Source(Optional<DeviceKey> key, Optional<TokenIssuer> issuer, String whyNot) {}

    Verdict check(String text) {
        Claimed claimed;
        try {
            claimed = read(text);
        } catch (ParseException | RuntimeException e) {
            // Nimbus says by a ParseException that it cannot be read; what it throws beside that comes from the peer
            // too.
            return Authenticator.malformed("a token that cannot be read: " + e.getMessage());
        }
        DeviceId device;
        try {
            device = DeviceId.parse(claimed.subject());
        } catch (IllegalArgumentException noDeviceCanHaveThisName) {
            return claimed.wrong("no device can have the name in sub");
        }
        Source source = source(claimed, device);
        DeviceKey key = source.key()
                .filter(found -> found.algorithm() == claimed.algorithm())
                .orElseGet(() -> nobody(claimed.algorithm()));
        if (!isSigned(claimed, key) || source.key().isEmpty()) {
            if (source.issuer().isPresent()
                    && source.key().isEmpty()
                    && issuerKeys.areAwaited(source.issuer().get())) {
                return new Verdict.Refused(Verdict.Reason.NOT_YET, claimed.subject(), source.whyNot());
            }
            return claimed.wrong(source.key().isEmpty() ? source.whyNot() : "the signature is not that of the key");
        }
        String fault = faultInClaims(claimed.claims());
        if (fault != null) {
            return claimed.wrong(fault);
        }
        if (registry.find(device).isEmpty()) {
            return claimed.wrong("the device is unknown");
        }
        long expires = expiresMillis(claimed.claims());
        Grant grant = source.issuer()
                .<Grant>map(issuer -> new Grant.Issued(issuer, expires))
                .orElseGet(() -> new Grant.Own(source.key().orElseThrow(), expires));
        long until = source.issuer().isPresent() ? 0 : key.validity().untilMillis();
        return Authenticator.admit(registry, device, grant, Validity.earlier(until, expires));
    }

    private static Claimed read(String text) throws ParseException {
        SignedJWT token = SignedJWT.parse(text);
        JWSHeader header = token.getHeader();
        if (!Collections.disjoint(header.getIncludedParams(), REFUSED_HEADERS)) {
            throw new ParseException("its header has one of " + REFUSED_HEADERS, 0);
        }
        String name = header.getAlgorithm().getName();
        KeyAlgorithm algorithm =
                KeyAlgorithm.of(name).orElseThrow(() -> new ParseException("its alg is neither ES256 nor EdDSA", 0));
        String kid = header.getKeyID();
        JWTClaimsSet claims = token.getJWTClaimsSet();
        String subject = claims == null ? null : claims.getSubject();
        if (claims == null || kid == null || kid.isEmpty() || subject == null) {
            throw new ParseException("it has no kid or no sub", 0);
        }
        return new Claimed(token, claims, algorithm, kid, subject);
    }

    private Source source(Claimed claimed, DeviceId device) {
        String iss = claimed.claims().getIssuer();
        if (iss == null || iss.equals(claimed.subject())) {
            Optional<DeviceKey> key = registry.findOrNobody(device)
                    .key(claimed.kid())
                    .filter(found -> found.validity().contains(time.unixMillis()));
            return new Source(key, Optional.empty(), "the device has no valid key of this kid");
        }
        Optional<TokenIssuer> issuer = registry.tenant(device.tenant()).issuer(iss);
        if (issuer.isEmpty()) {
            return new Source(Optional.empty(), Optional.empty(), "the tenant trusts no such issuer");
        }
        Optional<DeviceKey> key = issuerKeys.find(issuer.get(), claimed.kid());
        return new Source(key, issuer, "the issuer has no key of this kid");
    }

    private static boolean isSigned(Claimed claimed, DeviceKey key) {
        byte[] input = claimed.token().getSigningInput();
        try {
            return switch (key.algorithm()) {
                // Refuses what is not a number between 1 and the order, all zeros among it.
                case ES256 ->
                    new ECDSAVerifier((ECPublicKey) key.publicKey())
                            .verify(
                                    claimed.token().getHeader(),
                                    input,
                                    claimed.token().getSignature());
                // Java's own: Nimbus would want another library for it.
                case EDDSA ->
                    isSignedByEd25519(key, input, claimed.token().getSignature().decode());
            };
        } catch (JOSEException | GeneralSecurityException e) {
            return false; // a signature that is none
        }
    }

    private static boolean isSignedByEd25519(DeviceKey key, byte[] input, byte[] signature)
            throws GeneralSecurityException {
        Signature ed25519 = Signature.getInstance("Ed25519");
        ed25519.initVerify(key.publicKey());
        ed25519.update(input);
        return ed25519.verify(signature);
    }

    private @Nullable String faultInClaims(JWTClaimsSet claims) {
        long now = time.unixMillis();
        if (claims.getExpirationTime() == null) {
            return "no exp";
        }
        long expires = millis(claims.getExpirationTime());
        if (expires <= now - LEEWAY_MILLIS) {
            return "exp is over";
        }
        if (expires > now + LONGEST_MILLIS + LEEWAY_MILLIS) {
            return "exp is more than 24 h ahead";
        }
        if (isAhead(claims.getNotBeforeTime(), now)) {
            return "nbf is ahead";
        }
        if (isAhead(claims.getIssueTime(), now)) {
            return "iat is ahead";
        }
        return claims.getAudience().contains(audience) ? null : "aud is not " + audience;
    }

    private static boolean isAhead(@Nullable Date date, long now) {
        return date != null && millis(date) > now + LEEWAY_MILLIS;
    }

    /** Within the leeway a token that is over still opens a session, which then lasts for the rest of the leeway. */
    private long expiresMillis(JWTClaimsSet claims) {
        long expires = millis(claims.getExpirationTime());
        return expires > time.unixMillis() ? expires : expires + LEEWAY_MILLIS;
    }

    private static long millis(Date date) {
        return date.toInstant().toEpochMilli();
    }

    private static DeviceKey nobody(KeyAlgorithm algorithm) {
        DeviceKey key = NOBODY.get(algorithm);
        if (key == null) {
            throw new IllegalStateException("nobody has no key for " + algorithm);
        }
        return key;
    }

    private static Map<KeyAlgorithm, DeviceKey> nobodysKeys() {
        try {
            Map<KeyAlgorithm, DeviceKey> keys = new EnumMap<>(KeyAlgorithm.class);
            KeyPairGenerator ec = KeyPairGenerator.getInstance("EC");
            ec.initialize(new ECGenParameterSpec("secp256r1"));
            keys.put(
                    KeyAlgorithm.ES256,
                    DeviceKey.of("nobody", ec.generateKeyPair().getPublic(), Validity.ALWAYS));
            keys.put(
                    KeyAlgorithm.EDDSA,
                    DeviceKey.of(
                            "nobody",
                            KeyPairGenerator.getInstance("Ed25519")
                                    .generateKeyPair()
                                    .getPublic(),
                            Validity.ALWAYS));
            return keys;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK from 15 on has P-256 and Ed25519", e);
        }
    }
}
