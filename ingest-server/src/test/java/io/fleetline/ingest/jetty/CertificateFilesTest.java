package io.fleetline.ingest.jetty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fleetline.ingest.time.SystemTime;
import io.fleetline.testkit.TestAuthority;
import io.fleetline.testkit.TestCertificate;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which certificates a node takes, and what it says of those that it does not. */
class CertificateFilesTest {
    private final Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);

    private final TestAuthority authority = TestAuthority.create();

    @TempDir
    Path directory;

    @Test
    void whatDevModeMadeIsForLoopbackOnly() {
        ListenerConfig.Tls files =
                write(TestAuthority.create("Fleetline dev authority").server());
        assertThat(read(files, true).context()).isNotNull();
        assertThatThrownBy(() -> read(files, false))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("was made by dev mode");
    }

    @Test
    void othersAreForEveryAddress() {
        CertificateFiles read = read(write(authority.server()), false);
        assertThat(read.context()).isNotNull();
        assertThat(read.doubts()).isEmpty();
    }

    @Test
    void aCertificateWhoseTimeIsOverIsRefusedWithTheDate() {
        Instant end = now.minusSeconds(90);
        ListenerConfig.Tls files = write(authority.server(end.minus(Duration.ofDays(90)), end, "fleet.example.com"));
        assertRefused(files)
                .hasMessage("listener.tls.certificates: the certificate \"CN=fleet.example.com\" in "
                        + files.certificates() + " expired at " + end);
    }

    @Test
    void aCertificateWhoseTimeHasNotComeIsRefusedWithTheDate() {
        Instant begin = now.plus(Duration.ofHours(1));
        ListenerConfig.Tls files = write(authority.server(begin, begin.plusSeconds(60), "fleet.example.com"));
        assertRefused(files)
                .hasMessage("listener.tls.certificates: the certificate \"CN=fleet.example.com\" in "
                        + files.certificates() + " is not valid before " + begin);
    }

    @Test
    void aKeyOfAnotherCertificateIsRefused() {
        ListenerConfig.Tls own = write(authority.server());
        Path other = authority.server().writeTo(directory, "other").key();
        assertRefused(new ListenerConfig.Tls(own.certificates(), other, false))
                .hasMessage("listener.tls.key: " + other + " has another key than that of the first certificate in "
                        + own.certificates() + ", \"CN=localhost\"");
    }

    @Test
    void aChainThatDoesNotBeginWithTheNodesOwnCertificateIsRefused() throws IOException {
        ListenerConfig.Tls files = write(authority.server());
        Path stranger = TestAuthority.create("a stranger").writeCertificate(directory);
        String pem = Files.readString(files.certificates());
        String own = pem.substring(0, pem.indexOf("-----BEGIN", 1));
        Files.writeString(files.certificates(), own + Files.readString(stranger));
        assertRefused(files)
                .hasMessageContaining("listener.tls.certificates: " + files.certificates()
                        + " has certificates out of order: the one after \"CN=localhost\"");
    }

    @Test
    void anIssuersCertificateWhoseTimeIsOverIsADoubtOnly() {
        TestAuthority old =
                TestAuthority.create("an old authority", Clock.fixed(now.minus(Duration.ofDays(3)), ZoneOffset.UTC));
        ListenerConfig.Tls files = write(old.server(now.minusSeconds(60), now.plus(Duration.ofDays(1))));
        assertThat(read(files, true).doubts())
                .containsExactly("listener.tls.certificates: the certificate \"CN=an old authority\" in "
                        + files.certificates() + " expired at " + now.minus(Duration.ofDays(1)));
    }

    @Test
    void aFileThatIsNotThereIsNamedWithItsSetting() throws IOException {
        ListenerConfig.Tls files = write(authority.server());
        Files.delete(files.key());
        assertRefused(files).hasMessage("listener.tls.key: there is no file " + files.key());
        Files.delete(files.certificates());
        assertRefused(files).hasMessage("listener.tls.certificates: there is no file " + files.certificates());
        Files.createDirectory(files.certificates());
        assertRefused(files)
                .hasMessageStartingWith("listener.tls.certificates: " + files.certificates() + " cannot be read: ");
    }

    @Test
    void whatIsNoPemIsRefused() throws IOException, GeneralSecurityException {
        TestCertificate certificate = authority.server();
        ListenerConfig.Tls files = write(certificate);
        String key = Files.readString(files.key());

        Files.writeString(files.key(), "hush");
        assertRefused(files)
                .hasMessageStartingWith("listener.tls.key: " + files.key() + " has no unencrypted PKCS #8 key");
        Files.writeString(files.key(), key.replace("-----BEGIN PRIVATE KEY-----\n", "-----BEGIN PRIVATE KEY-----\nM"));
        assertRefused(files)
                .hasMessageStartingWith("listener.tls.key: " + files.key() + " has a key that is not whole");
        Files.writeString(files.key(), key);

        String chain = Files.readString(files.certificates());
        Files.writeString(files.certificates(), chain.substring(0, chain.length() / 3));
        assertRefused(files)
                .hasMessageStartingWith(
                        "listener.tls.certificates: " + files.certificates() + " cannot be read as certificates: ");
        Files.writeString(files.certificates(), "");
        assertRefused(files)
                .hasMessage("listener.tls.certificates: " + files.certificates()
                        + " has no certificate (BEGIN CERTIFICATE)");
        char[] password = "hush".toCharArray();
        try (OutputStream out = Files.newOutputStream(files.certificates())) {
            certificate.keyStore(password).store(out, password);
        }
        assertRefused(files)
                .hasMessageStartingWith(
                        "listener.tls.certificates: " + files.certificates() + " is binary (PKCS #12 or DER), not PEM");
    }

    private static AbstractThrowableAssert<?, ? extends Throwable> assertRefused(ListenerConfig.Tls files) {
        return assertThatThrownBy(() -> read(files, true)).isInstanceOf(IllegalArgumentException.class);
    }

    private static CertificateFiles read(ListenerConfig.Tls files, boolean devIsFine) {
        return new CertificateFiles(files, devIsFine, SystemTime.INSTANCE);
    }

    private ListenerConfig.Tls write(TestCertificate certificate) {
        TestCertificate.PemFiles files = certificate.writeTo(directory, "node");
        return new ListenerConfig.Tls(files.chain(), files.key(), false);
    }
}
