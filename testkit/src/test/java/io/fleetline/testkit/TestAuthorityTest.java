package io.fleetline.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TestAuthorityTest {
    private static final char[] PASSWORD = "only in memory".toCharArray();

    private static final InetAddress LOOPBACK = loopback();

    private final TestAuthority authority = TestAuthority.create();

    @TempDir
    Path directory;

    @Test
    void aClientThatTrustsTheAuthorityTalksToItsServerByAddress() throws Exception {
        assertThat(handshake(authority.server(), authority)).isEqualTo("TLSv1.3");
    }

    @Test
    void aForeignAuthoritysServerIsRefused() {
        assertThatThrownBy(() -> handshake(TestAuthority.create().server(), authority))
                .isInstanceOf(SSLException.class);
    }

    @Test
    void anExpiredServerIsRefused() {
        assertThatThrownBy(() -> handshake(authority.expiredServer(), authority))
                .isInstanceOf(SSLException.class);
    }

    @Test
    void aServerOfAnotherNameIsRefused() {
        assertThatThrownBy(() -> handshake(authority.server("example.org"), authority))
                .isInstanceOf(SSLException.class);
    }

    @Test
    void aClientCertificateNamesItsDeviceInAUri() throws Exception {
        Collection<List<?>> names =
                authority.client("acme", "pump-7").chain().get(0).getSubjectAlternativeNames();
        assertThat(names).containsExactly(List.of(6, "urn:fleetline:device:acme:pump-7"));
    }

    @Test
    void thePemFilesHoldTheChainAndItsKey() throws Exception {
        TestCertificate certificate = authority.server("localhost");
        TestCertificate.PemFiles files = certificate.writeTo(directory.resolve("tls"), "node");

        Collection<? extends Certificate> chain = CertificateFactory.getInstance("X.509")
                .generateCertificates(new ByteArrayInputStream(Files.readAllBytes(files.chain())));
        assertThat(List.<Certificate>copyOf(chain)).isEqualTo(List.<Certificate>copyOf(certificate.chain()));

        String[] lines =
                Files.readString(files.key(), StandardCharsets.US_ASCII).split("\n");
        byte[] der = Base64.getDecoder().decode(String.join("", Arrays.copyOfRange(lines, 1, lines.length - 1)));
        assertThat(lines[0]).isEqualTo("-----BEGIN PRIVATE KEY-----");
        assertThat(KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(der)))
                .isEqualTo(certificate.key());
        assertThat(Files.readString(authority.writeCertificate(directory))).startsWith("-----BEGIN CERTIFICATE-----\n");
    }

    /** Shakes hands over loopback, host name checked, and returns the protocol that both agreed on. */
    private static String handshake(TestCertificate server, TestAuthority trusted) throws Exception {
        try (SSLServerSocket listening =
                (SSLServerSocket) serverContext(server).getServerSocketFactory().createServerSocket(0, 1, LOOPBACK)) {
            CompletableFuture<Void> accepted = CompletableFuture.runAsync(() -> {
                try (SSLSocket socket = (SSLSocket) listening.accept()) {
                    socket.startHandshake();
                } catch (IOException refusedByTheClient) {
                    // The client's side of the story is the one that the tests look at.
                }
            });
            try (SSLSocket socket = (SSLSocket)
                    trusted.clientContext().getSocketFactory().createSocket(LOOPBACK, listening.getLocalPort())) {
                SSLParameters parameters = socket.getSSLParameters();
                parameters.setEndpointIdentificationAlgorithm("HTTPS");
                socket.setSSLParameters(parameters);
                socket.startHandshake();
                return socket.getSession().getProtocol();
            } finally {
                accepted.join();
            }
        }
    }

    private static InetAddress loopback() {
        try {
            return InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    private static SSLContext serverContext(TestCertificate certificate) throws GeneralSecurityException {
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(certificate.keyStore(PASSWORD), PASSWORD);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        return context;
    }
}
