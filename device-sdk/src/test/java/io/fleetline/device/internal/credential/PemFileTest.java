package io.fleetline.device.internal.credential;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.fleetline.testkit.TestAuthority;
import io.fleetline.testkit.TestCertificate;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PemFileTest {
    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"EC", "Ed25519", "RSA"})
    void aKeyInPkcs8IsRead(String algorithm) throws Exception {
        PrivateKey key =
                KeyPairGenerator.getInstance(algorithm).generateKeyPair().getPrivate();
        Path file = write("some words before\n" + block("PRIVATE KEY", key.getEncoded()) + "and after\n");
        assertThat(PemFile.privateKey(file)).isEqualTo(key);
    }

    @Test
    void aKeyIsFoundBesideCertificates() {
        TestCertificate certificate = TestAuthority.create().client("acme", "boiler-7");
        TestCertificate.PemFiles files = certificate.writeTo(directory, "device");
        assertThat(PemFile.privateKey(files.key())).isEqualTo(certificate.key());
        assertThat(PemFile.certificates(files.chain())).isEqualTo(certificate.chain());
    }

    @ParameterizedTest
    @ValueSource(strings = {"EC PRIVATE KEY", "RSA PRIVATE KEY", "ENCRYPTED PRIVATE KEY"})
    void aKeyInAnotherFormIsRefusedWithTheWayToMendIt(String label) throws Exception {
        Path file = write(block(label, new byte[] {1, 2, 3}));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PemFile.privateKey(file))
                .withMessage("there is no PRIVATE KEY in " + file + ", but " + label
                        + "; it must be PKCS #8 and not encrypted: openssl pkcs8 -topk8 -nocrypt makes it so");
    }

    @Test
    void whatIsNoKeyAndNoCertificateIsRefusedByName() throws Exception {
        Path file = write(block("PRIVATE KEY", new byte[] {1, 2, 3}));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PemFile.privateKey(file))
                .withMessageContaining("private key in " + file);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PemFile.certificates(file))
                .withMessageContaining(file.toString());
        Path missing = directory.resolve("missing.pem");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PemFile.certificates(missing))
                .withMessageContaining("cannot read " + missing);
    }

    private Path write(String text) throws Exception {
        return Files.writeString(directory.resolve("file.pem"), text);
    }

    private static String block(String label, byte[] content) {
        return "-----BEGIN " + label + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content) + "\n-----END " + label
                + "-----\n";
    }
}
