package io.fleetline.ingest.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.List;
import org.junit.jupiter.api.Test;

class StoredDeviceTest {
    private final SecureRandom random = new SecureRandom();

    @Test
    void whatIsWrittenIsReadBack() throws IOException {
        RegisteredDevice device = new RegisteredDevice(
                true,
                List.of(
                        NewSecret.generate(random).hash(),
                        NewSecret.generate(random).hash()));
        assertThat(StoredDevice.decode(StoredDevice.encode(device))).isEqualTo(device);
    }

    @Test
    void theSecretItselfIsNowhere() {
        NewSecret secret = NewSecret.generate(random);
        String stored = text(StoredDevice.encode(new RegisteredDevice(false, List.of(secret.hash()))));
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
        assertThat(device.secrets()).hasSize(1);
        assertThat(device.secrets().get(0).salt()).startsWith(0, 1, 2, 3);
        assertThat(device.hasSecret("open sesame")).isTrue();
        assertThat(device.hasSecret("open barley")).isFalse();
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
                "{\"version\":1,\"credentials\":[{\"kind\":\"secret\"}]}")) {
            assertThatThrownBy(() -> decode(text)).as(text).isInstanceOf(IOException.class);
        }
    }

    private static RegisteredDevice decode(String json) throws IOException {
        return StoredDevice.decode(json.getBytes(StandardCharsets.UTF_8));
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
