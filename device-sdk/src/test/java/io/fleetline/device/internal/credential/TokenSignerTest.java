package io.fleetline.device.internal.credential;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.fleetline.protocol.cbor.BodyCodec;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Tokens are verified with the JDK from the text of the standards, without anything of the signer's. */
class TokenSignerTest {
    private static final long NOW_MILLIS = 1_800_000_000_123L;

    @Test
    void aTokenOfAKeyOnP256IsEs256WithTwoNumbersOf32BytesSideBySide() throws Exception {
        KeyPair keys = elliptic("secp256r1");
        String[] parts = signer(keys, "boiler key 1").sign(NOW_MILLIS).split("\\.", -1);
        assertThat(json(parts[0])).isEqualTo("{\"alg\":\"ES256\",\"kid\":\"boiler key 1\",\"typ\":\"JWT\"}");
        byte[] signature = Base64.getUrlDecoder().decode(parts[2]);
        assertThat(signature).hasSize(64);
        Signature verifier = Signature.getInstance("SHA256withECDSAinP1363Format");
        verifier.initVerify(keys.getPublic());
        verifier.update((parts[0] + "." + parts[1]).getBytes(StandardCharsets.US_ASCII));
        assertThat(verifier.verify(signature)).isTrue();
    }

    @Test
    void aTokenOfAnEd25519KeyIsEdDsa() throws Exception {
        KeyPair keys = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        String[] parts = signer(keys, "k").sign(NOW_MILLIS).split("\\.", -1);
        assertThat(json(parts[0])).isEqualTo("{\"alg\":\"EdDSA\",\"kid\":\"k\",\"typ\":\"JWT\"}");
        Signature verifier = Signature.getInstance("Ed25519");
        verifier.initVerify(keys.getPublic());
        verifier.update((parts[0] + "." + parts[1]).getBytes(StandardCharsets.US_ASCII));
        assertThat(verifier.verify(Base64.getUrlDecoder().decode(parts[2]))).isTrue();
    }

    @Test
    void theClaimsAreSubjectAudienceAndTheTokensTimeInSeconds() throws Exception {
        TokenSigner signer = signer(KeyPairGenerator.getInstance("Ed25519").generateKeyPair(), "k");
        Object claims =
                BodyCodec.decode(BodyCodec.fromJson(json(signer.sign(NOW_MILLIS).split("\\.", -1)[1])));
        assertThat(claims)
                .isEqualTo(Map.of(
                        "sub", "acme/boiler-7", "aud", "fleetline", "iat", 1_800_000_000L, "exp", 1_800_003_600L));
        assertThat(signer.endsAtMillis(NOW_MILLIS)).isEqualTo(1_800_003_600_000L);
    }

    @Test
    void whatStandsInAKeyIdCannotBreakOutOfTheHeader() throws Exception {
        KeyPair keys = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        String header =
                json(signer(keys, "a\",\"alg\":\"none\\").sign(NOW_MILLIS).split("\\.", -1)[0]);
        assertThat(BodyCodec.decode(BodyCodec.fromJson(header)))
                .isEqualTo(Map.of("alg", "EdDSA", "kid", "a\",\"alg\":\"none\\", "typ", "JWT"));
    }

    @Test
    void keysOfOtherKindsAreRefused() throws Exception {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> signer(elliptic("secp384r1"), "k"))
                .withMessage("tokens are signed with an EC key on P-256 or an Ed25519 key, not with this EC key");
        KeyPair rsa = KeyPairGenerator.getInstance("RSA").generateKeyPair();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> signer(rsa, "k"))
                .withMessageContaining("not with this RSA key");
        KeyPair ed448 = KeyPairGenerator.getInstance("Ed448").generateKeyPair();
        assertThatIllegalArgumentException().isThrownBy(() -> signer(ed448, "k"));
    }

    private static TokenSigner signer(KeyPair keys, String keyId) {
        return new TokenSigner(keys.getPrivate(), keyId, "acme/boiler-7", "fleetline", Duration.ofHours(1));
    }

    private static KeyPair elliptic(String curve) throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec(curve));
        return generator.generateKeyPair();
    }

    private static String json(String base64url) {
        return new String(Base64.getUrlDecoder().decode(base64url), StandardCharsets.UTF_8);
    }
}
