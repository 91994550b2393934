package io.fleetline.ingest.jetty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fleetline.testkit.TestAuthority;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;
import org.eclipse.jetty.http.HttpFields;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ForwardedCertificatesTest {
    private static final TestAuthority FLEET = TestAuthority.create("the fleet's");
    private static final X509Certificate DEVICE =
            FLEET.client("acme", "pump-1").chain().get(0);

    @Test
    void clientCertIsTheDevicesAndItsChainComesBehindIt() throws Exception {
        String issuer = item(FLEET.certificate());

        assertThat(ForwardedCertificates.ofClientCert(HttpFields.build()
                        .put("Client-Cert", item(DEVICE))
                        .add("Client-Cert-Chain", issuer + ", " + issuer)
                        .add("Client-Cert-Chain", issuer)))
                .isEqualTo(List.of(DEVICE, FLEET.certificate(), FLEET.certificate(), FLEET.certificate()));
        assertThat(ForwardedCertificates.ofClientCert(HttpFields.build())).isEmpty();
        assertThat(ForwardedCertificates.ofClientCert(HttpFields.build().put("Client-Cert-Chain", issuer)))
                .as("a chain of nothing")
                .isEmpty();
        assertThat(ForwardedCertificates.ofClientCert(HttpFields.build().put("Client-Cert", "")))
                .as("what a proxy sends that got no certificate")
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {":", "::", "abc", ":abc", ":!!:", ":AAAA:", ":AAAA:;a=1", "-----BEGIN CERTIFICATE-----"})
    void aClientCertThatIsNoneIsRefused(String value) {
        assertThatThrownBy(() ->
                        ForwardedCertificates.ofClientCert(HttpFields.build().put("Client-Cert", value)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Client-Cert");
    }

    @Test
    void twoClientCertsAreRefused() throws Exception {
        String item = item(DEVICE);
        assertThatThrownBy(() -> ForwardedCertificates.ofClientCert(
                        HttpFields.build().add("Client-Cert", item).add("Client-Cert", item)))
                .hasMessageContaining("2 Client-Cert");
        assertThatThrownBy(() -> ForwardedCertificates.ofClientCert(
                        HttpFields.build().put("Client-Cert", item(DEVICE) + "," + item(DEVICE))))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void sslClientCertIsPemHoweverItsPlusesAreEscaped() throws Exception {
        String pem = "-----BEGIN CERTIFICATE-----\n"
                + Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
                        .encodeToString(DEVICE.getEncoded())
                + "\n-----END CERTIFICATE-----\n";
        String escaped = URLEncoder.encode(pem, StandardCharsets.US_ASCII).replace("+", "%20");

        assertThat(ForwardedCertificates.ofSslClientCert(HttpFields.build().put("SSL-Client-Cert", escaped)))
                .isEqualTo(List.of(DEVICE));
        assertThat(ForwardedCertificates.ofSslClientCert(
                        HttpFields.build().put("SSL-Client-Cert", escaped.replace("%2B", "+"))))
                .isEqualTo(List.of(DEVICE));
        assertThat(ForwardedCertificates.ofSslClientCert(HttpFields.build().put("SSL-Client-Cert", "")))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"%", "%zz", "hello", "-----BEGIN%20CERTIFICATE-----%0AAAAA%0A-----END%20CERTIFICATE-----"})
    void anSslClientCertThatIsNoneIsRefused(String value) {
        assertThatThrownBy(() ->
                        ForwardedCertificates.ofSslClientCert(HttpFields.build().put("SSL-Client-Cert", value)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static String item(X509Certificate certificate) throws Exception {
        return ":" + Base64.getEncoder().encodeToString(certificate.getEncoded()) + ":";
    }
}
