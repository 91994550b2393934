package io.fleetline.ingest.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetline.ingest.registry.DeviceRegistry;
import io.fleetline.ingest.registry.DeviceSecret;
import io.fleetline.ingest.registry.NewSecret;
import io.fleetline.ingest.registry.RegisteredDevice;
import io.fleetline.ingest.time.ManualTime;
import io.fleetline.protocol.DeviceId;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;

class AuthenticatorTest {
    private static final DeviceId PUMP = new DeviceId("acme", "pump");

    private final SecureRandom random = new SecureRandom();
    private final DeviceRegistry registry = new DeviceRegistry();
    private final Authenticator authenticator = new Authenticator(
            registry,
            new ManualTime(),
            "fleetline",
            new IssuerKeys(new ManualTime(), Duration.ofSeconds(1), Duration.ofMinutes(1)),
            NewDevices.NONE);
    private final NewSecret secret = NewSecret.generate(random);

    @Test
    void theRightSecretLetsTheDeviceIn() {
        registry.put(PUMP, RegisteredDevice.withSecret(secret.hash()));
        assertThat(authenticator.authenticate(basic("acme/pump", secret.secret())))
                .isEqualTo(new Verdict.Accepted(PUMP, 0, new Grant.Own(DeviceSecret.always(secret.hash()), 0)));
    }

    @Test
    void bothSecretsAreRightWhileOneReplacesTheOther() {
        NewSecret next = NewSecret.generate(random);
        registry.put(
                PUMP,
                new RegisteredDevice(
                        false, List.of(DeviceSecret.always(secret.hash()), DeviceSecret.always(next.hash()))));
        assertThat(authenticator.authenticate(basic("acme/pump", secret.secret())))
                .isInstanceOf(Verdict.Accepted.class);
        assertThat(authenticator.authenticate(basic("acme/pump", next.secret())))
                .isInstanceOf(Verdict.Accepted.class);
    }

    @Test
    void aSecretMayHaveColonsAndLettersOfAnyAlphabet() {
        NewSecret odd = NewSecret.of("a:b:ключ", random);
        registry.put(PUMP, RegisteredDevice.withSecret(odd.hash()));
        assertThat(authenticator.authenticate(basic("acme/pump", "a:b:ключ"))).isInstanceOf(Verdict.Accepted.class);
    }

    @Test
    void aWrongSecretAndAnUnknownDeviceGetTheSameAnswer() {
        registry.put(PUMP, RegisteredDevice.withSecret(secret.hash()));
        assertThat(reason(basic("acme/pump", "wrong"))).isEqualTo(Verdict.Reason.WRONG);
        assertThat(reason(basic("acme/nobody", secret.secret()))).isEqualTo(Verdict.Reason.WRONG);
        assertThat(reason(basic("no such name", secret.secret()))).isEqualTo(Verdict.Reason.WRONG);
    }

    @Test
    void aDeviceWithoutSecretsIsOpenedByNone() {
        registry.put(PUMP, new RegisteredDevice(false, List.of()));
        assertThat(reason(basic("acme/pump", ""))).isEqualTo(Verdict.Reason.WRONG);
    }

    @Test
    void thatADeviceIsDisabledIsToldOnlyToWhoHasItsSecret() {
        registry.put(PUMP, new RegisteredDevice(true, List.of(DeviceSecret.always(secret.hash()))));
        assertThat(reason(basic("acme/pump", secret.secret()))).isEqualTo(Verdict.Reason.DISABLED);
        assertThat(reason(basic("acme/pump", "wrong"))).isEqualTo(Verdict.Reason.WRONG);
    }

    @Test
    void whatIsNoBasicCredentialIsMalformed() {
        assertThat(reason(null)).isEqualTo(Verdict.Reason.NO_CREDENTIAL);
        assertThat(reason("")).isEqualTo(Verdict.Reason.NO_CREDENTIAL);
        for (String text : List.of(
                "Bearer abc",
                "Basic",
                "Basic %%%",
                "Basic " + Base64.getEncoder().encodeToString(new byte[] {(byte) 0xff, ':'}),
                "Basic " + Base64.getEncoder().encodeToString("no-colon".getBytes(StandardCharsets.UTF_8)),
                "Basic " + "A".repeat(9_000))) {
            assertThat(reason(text)).as(text).isEqualTo(Verdict.Reason.MALFORMED);
        }
    }

    @Test
    void theSchemesNameMayBeWrittenInAnyCase() {
        registry.put(PUMP, RegisteredDevice.withSecret(secret.hash()));
        String credential = basic("acme/pump", secret.secret()).replace("Basic", "bAsIc");
        assertThat(authenticator.authenticate(credential)).isInstanceOf(Verdict.Accepted.class);
    }

    private Verdict.Reason reason(String credential) {
        Verdict verdict = authenticator.authenticate(credential);
        assertThat(verdict).isInstanceOf(Verdict.Refused.class);
        return ((Verdict.Refused) verdict).reason();
    }

    private static String basic(String user, String password) {
        return "Basic " + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
    }
}
