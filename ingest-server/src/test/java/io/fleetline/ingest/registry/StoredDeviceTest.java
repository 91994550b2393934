package io.fleetline.ingest.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.util.List;
import org.junit.jupiter.api.Test;

class StoredDeviceTest {
    private final SecureRandom random = new SecureRandom();

    @Test
    void whatIsWrittenIsReadBack() throws Exception {
        RegisteredDevice device = new RegisteredDevice(
                true,
                List.of(
                        DeviceSecret.always(NewSecret.generate(random).hash()),
                        new DeviceSecret(NewSecret.generate(random).hash(), Validity.of(0, 5_000)),
                        DeviceKey.of("k1", keys("EC").getPublic(), Validity.of(1_000, 0)),
                        DeviceKey.of("k2", keys("Ed25519").getPublic(), Validity.of(1_000, 2_000))));
        assertThat(StoredDevice.decode(StoredDevice.encode(device))).isEqualTo(device);
    }

    @Test
    void theSecretItselfIsNowhere() {
        NewSecret secret = NewSecret.generate(random);
        String stored = text(StoredDevice.encode(RegisteredDevice.withSecret(secret.hash())));
        assertThat(stored).doesNotContain(secret.secret());
        assertThat(secret.toString()).doesNotContain(secret.secret());
        assertThat(secret.secret()).hasSize(32);
    }

    /** What the first release wrote; later ones must still read it. */
    @Test
    void versionOneIsRead() throws IOException {
        RegisteredDevice device = decode("{\"version\":1,\"disabled\":false,\"credentials\":[{\"kind\":\"secret\","
                + "\"salt\":\"AAECAwQFBgcICQoLDA0ODw==\","
                + "\"sha256\":\"eTDP+jIUESlFBXHoyYuf8/Q95Egzuoax+xOWC7QIkRw=\"}]}");
        assertThat(device.credentials()).hasSize(1);
        assertThat(device.secret("open sesame")).map(DeviceSecret::id).contains("0001020304");
        assertThat(device.secret("open barley")).isEmpty();
    }

    @Test
    void whatANewerNodeAddedIsLeftAlone() throws IOException {
        RegisteredDevice device =
                decode("{\"version\":1,\"labels\":{\"site\":\"a\"},\"credentials\":[{\"kind\":\"psk\",\"id\":7}]}");
        assertThat(device).isEqualTo(new RegisteredDevice(false, List.of()));
    }

    @Test
    void aVersionFromTheFutureIsRefused() {
        assertThatThrownBy(() -> decode("{\"version\":2}"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("version 2");
    }

    @Test
    void whatIsNoDeviceIsRefused() {
        for (String text : List.of(
                "",
                "null",
                "[]",
                "{}",
                "not json",
                "{\"version\":1} {}",
                "{\"version\":1,\"credentials\":[{\"kind\":\"secret\",\"salt\":\"AA==\",\"sha256\":\"AA==\"}]}",
                "{\"version\":1,\"credentials\":[{\"kind\":\"secret\"}]}",
                "{\"version\":1,\"credentials\":[{\"kind\":\"key\",\"id\":\"k\",\"algorithm\":\"RS256\",\"publicKey\":\"AA==\"}]}",
                "{\"version\":1,\"credentials\":[{\"kind\":\"key\",\"id\":\"k\",\"algorithm\":\"ES256\",\"publicKey\":\"AA==\"}]}")) {
            assertThatThrownBy(() -> decode(text)).as(text).isInstanceOf(IOException.class);
        }
    }

    private static KeyPair keys(String algorithm) throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
        if (algorithm.equals("EC")) {
            generator.initialize(256);
        }
        return generator.generateKeyPair();
    }

    private static RegisteredDevice decode(String json) throws IOException {
        return StoredDevice.decode(json.getBytes(StandardCharsets.UTF_8));
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
