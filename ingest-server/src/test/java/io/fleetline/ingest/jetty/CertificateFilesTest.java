package io.fleetline.ingest.jetty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fleetline.testkit.TestAuthority;
import io.fleetline.testkit.TestCertificate;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which certificates a node takes. */
class CertificateFilesTest {
    @TempDir
    Path directory;

    @Test
    void whatDevModeMadeIsForLoopbackOnly() {
        ListenerConfig.Tls files = write(TestAuthority.create("Fleetline dev authority"));
        assertThat(new CertificateFiles(files, true).context()).isNotNull();
        assertThatThrownBy(() -> new CertificateFiles(files, false))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("was made by dev mode");
    }

    @Test
    void othersAreForEveryAddress() {
        assertThat(new CertificateFiles(write(TestAuthority.create()), false).context())
                .isNotNull();
    }

    private ListenerConfig.Tls write(TestAuthority authority) {
        TestCertificate.PemFiles files = authority.server().writeTo(directory, "node");
        return new ListenerConfig.Tls(files.chain(), files.key(), false);
    }
}
