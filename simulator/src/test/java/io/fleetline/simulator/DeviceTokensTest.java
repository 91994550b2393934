package io.fleetline.simulator;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fleetline.device.TokenSupplier;
import io.fleetline.protocol.DeviceId;
import io.fleetline.simulator.scenario.Fault;
import java.io.IOException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DeviceTokensTest {
    private static final Instant NOW = Instant.parse("2026-11-28T12:00:00.250Z");
    private static final Fault FAULT = new Fault(
            Fault.Kind.EXPIRED_CREDENTIAL,
            "pump",
            Duration.ofSeconds(30),
            Duration.ofSeconds(10),
            1,
            Duration.ZERO,
            0,
            0);

    private final AtomicLong nanos = new AtomicLong();
    private final FleetClock clock = new FleetClock("r", nanos::get, Clock.fixed(NOW, ZoneOffset.UTC));
    private KeyPair keys;

    @BeforeEach
    void makeAKey() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        keys = generator.generateKeyPair();
    }

    private DeviceTokens tokens(Duration lifetime) {
        return new DeviceTokens(
                DeviceId.parse("sim/pump-00001"),
                new FleetTarget.TokenKey("simulator", "fleetline", keys.getPrivate()),
                lifetime,
                clock,
                List.of(FAULT));
    }

    private void after(long seconds) {
        nanos.set(TimeUnit.SECONDS.toNanos(seconds));
    }

    @Test
    void aTokenIsSignedAndSaysWhoseItIs() throws Exception {
        TokenSupplier.Token token = tokens(Duration.ofSeconds(20)).token();

        String[] parts = token.value().split("\\.", -1);
        assertThat(new String(Base64.getUrlDecoder().decode(parts[0]), US_ASCII))
                .isEqualTo("{\"alg\":\"ES256\",\"kid\":\"simulator\"}");
        assertThat(new String(Base64.getUrlDecoder().decode(parts[1]), US_ASCII))
                .isEqualTo("{\"sub\":\"sim/pump-00001\",\"aud\":\"fleetline\",\"iat\":" + NOW.getEpochSecond()
                        + ",\"exp\":" + (NOW.getEpochSecond() + 20) + "}");
        Signature verifier = Signature.getInstance("SHA256withECDSAinP1363Format");
        verifier.initVerify(keys.getPublic());
        verifier.update((parts[0] + "." + parts[1]).getBytes(US_ASCII));
        assertThat(verifier.verify(Base64.getUrlDecoder().decode(parts[2]))).isTrue();
    }

    @Test
    void aTokenEndsWithTheFaultAndThereAreNoneUntilItIsOver() throws Exception {
        DeviceTokens tokens = tokens(Duration.ofHours(1));

        assertThat(tokens.token().ends()).contains(Instant.ofEpochSecond(NOW.getEpochSecond() + 30));
        after(20);
        assertThat(tokens.token().ends()).contains(Instant.ofEpochSecond(NOW.getEpochSecond() + 10));
        for (long second : new long[] {28, 30, 39}) {
            after(second);
            assertThatThrownBy(tokens::token).as("at %d s", second).isInstanceOf(IOException.class);
        }
        after(40);
        assertThat(tokens.token().ends()).contains(Instant.ofEpochSecond(NOW.getEpochSecond() + 3_600));
    }
}
