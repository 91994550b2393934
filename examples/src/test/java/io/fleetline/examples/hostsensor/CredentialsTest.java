package io.fleetline.examples.hostsensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fleetline.protocol.DeviceId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CredentialsTest {
    @TempDir
    private Path directory;

    private Path file;

    @BeforeEach
    void write() throws IOException {
        file = directory.resolve("credentials");
        Files.writeString(file, "# made by hand\n\ndemo/host:s3cret:with colons\n  demo/guest:other  \n");
    }

    @Test
    void theFirstDeviceIsTakenUnlessOneIsNamed() throws IOException {
        assertThat(Credentials.read(file, Optional.empty()))
                .isEqualTo(new Credentials(DeviceId.parse("demo/host"), "s3cret:with colons"));
        assertThat(Credentials.read(file, Optional.of(DeviceId.parse("demo/guest"))))
                .isEqualTo(new Credentials(DeviceId.parse("demo/guest"), "other"));
    }

    @Test
    void aDeviceThatTheFileDoesNotHaveIsNamed() {
        assertThatThrownBy(() -> Credentials.read(file, Optional.of(DeviceId.parse("demo/nobody"))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(file + " has no credentials of demo/nobody");
    }

    @Test
    void aLineOfAnotherFormIsNamedByItsNumberAndNotShown() throws IOException {
        Files.writeString(file, "demo/host:fine\nsecretWithoutName\n");
        assertThatThrownBy(() -> Credentials.read(file, Optional.empty()))
                .hasMessage(file + ", line 2 is not of the form tenant/device:secret");
    }

    @Test
    void theSecretIsNotInTheText() throws IOException {
        assertThat(Credentials.read(file, Optional.empty())).hasToString("demo/host:[…]");
    }
}
