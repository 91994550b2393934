package io.fleetline.ingest.kafka;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fleetline.ingest.time.SystemTime;
import io.fleetline.testkit.TestAuthority;
import io.fleetline.testkit.TestCertificate;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which files of TLS towards Kafka a node takes, and what it says of those that it does not. */
class ClientFilesTest {
    private static final String PASSWORD = "hush-hush";

    private final TestAuthority authority = TestAuthority.create();

    @TempDir
    Path directory;

    @Test
    void goodFilesOfAllFormsAreTaken() throws IOException, GeneralSecurityException {
        check(pem());
        Map<String, String> binary = new HashMap<>(Map.of(
                "security.protocol",
                "SASL_SSL",
                "ssl.keystore.type",
                "PKCS12",
                "ssl.keystore.location",
                store(authority.server().keyStore(PASSWORD.toCharArray()), "keys.p12"),
                "ssl.keystore.password",
                PASSWORD,
                "ssl.truststore.type",
                "PKCS12",
                "ssl.truststore.location",
                store(authority.trustStore(), "authorities.p12"),
                "ssl.truststore.password",
                PASSWORD));
        check(binary);

        binary.put("ssl.truststore.password", "wrong");
        assertRefused(binary)
                .hasMessageStartingWith("kafka.client.ssl.truststore.location: " + directory.resolve("authorities.p12")
                        + " cannot be used")
                .hasMessageContaining("password");
    }

    @Test
    void filesThatNobodyWillReadAreNotJudged() {
        check(Map.of("ssl.truststore.location", "/nowhere"));
        check(Map.of("security.protocol", "SASL_PLAINTEXT", "ssl.truststore.location", "/nowhere"));
    }

    @Test
    void aFileThatIsNotThereIsNamedWithItsSetting() throws IOException {
        Map<String, String> settings = pem();
        Files.delete(Path.of(settings.get("ssl.truststore.location")));
        assertRefused(settings)
                .hasMessage("kafka.client.ssl.truststore.location: there is no file "
                        + settings.get("ssl.truststore.location"));
        Files.delete(Path.of(settings.get("ssl.keystore.location")));
        assertRefused(settings)
                .hasMessage("kafka.client.ssl.keystore.location: there is no file "
                        + settings.get("ssl.keystore.location"));
    }

    @Test
    void whatIsNoStoreOfItsTypeIsRefused() throws IOException {
        Map<String, String> settings = pem();
        Files.writeString(Path.of(settings.get("ssl.truststore.location")), "no authority");
        assertRefused(settings)
                .hasMessageStartingWith("kafka.client.ssl.truststore.location: "
                        + settings.get("ssl.truststore.location") + " cannot be used");
    }

    @Test
    void aCertificateWhoseTimeIsOverIsRefusedWithTheDate() throws IOException {
        Instant end = Instant.now().truncatedTo(ChronoUnit.SECONDS).minusSeconds(90);
        Map<String, String> settings = pem();
        keys(authority.server(end.minus(Duration.ofDays(90)), end, "node-1"));
        assertRefused(settings)
                .hasMessage("kafka.client.ssl.keystore.location: the certificate \"CN=node-1\" in "
                        + settings.get("ssl.keystore.location") + " expired at " + end);
    }

    @Test
    void authoritiesAreRefusedWhenTheTimeOfAllIsOver() throws IOException {
        Instant end = Instant.now().truncatedTo(ChronoUnit.SECONDS).minusSeconds(90);
        TestCertificate old = authority.server(end.minus(Duration.ofDays(90)), end, "old");
        String pem = Files.readString(old.writeTo(directory, "old").chain());
        Map<String, String> settings = pem();
        Path authorities = Path.of(settings.get("ssl.truststore.location"));

        Files.writeString(authorities, pem); // and the authority's own behind it
        check(settings);
        Files.writeString(authorities, pem.substring(0, pem.indexOf("-----BEGIN", 1)));
        assertRefused(settings)
                .hasMessage("kafka.client.ssl.truststore.location: the certificate \"CN=old\" in " + authorities
                        + " expired at " + end);
    }

    private Map<String, String> pem() throws IOException {
        return new HashMap<>(Map.of(
                "security.protocol",
                "SSL",
                "ssl.keystore.type",
                "PEM",
                "ssl.keystore.location",
                keys(authority.server()).toString(),
                "ssl.truststore.type",
                "PEM",
                "ssl.truststore.location",
                authority.writeCertificate(directory).toString()));
    }

    private Path keys(TestCertificate certificate) throws IOException {
        TestCertificate.PemFiles files = certificate.writeTo(directory, "node");
        return Files.writeString(
                directory.resolve("keys.pem"), Files.readString(files.key()) + Files.readString(files.chain()));
    }

    private String store(KeyStore store, String name) throws IOException, GeneralSecurityException {
        Path file = directory.resolve(name);
        try (OutputStream out = Files.newOutputStream(file)) {
            store.store(out, PASSWORD.toCharArray());
        }
        return file.toString();
    }

    private static void check(Map<String, String> settings) {
        ClientFiles.check(settings, SystemTime.INSTANCE);
    }

    private static AbstractThrowableAssert<?, ? extends Throwable> assertRefused(Map<String, String> settings) {
        return assertThatThrownBy(() -> check(settings)).isInstanceOf(IllegalArgumentException.class);
    }
}
