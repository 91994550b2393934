package io.fleetline.device.internal.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.fleetline.testkit.TestAuthority;
import io.fleetline.testkit.TestCertificate.PemFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TlsFilesTest {
    @TempDir
    Path directory;

    private TlsFiles files(Optional<Path> trusted, Optional<TransportSettings.ClientKey> key) {
        return new TlsFiles(
                new TransportSettings(trusted, key, Optional.empty()), new TimeFloor(System::currentTimeMillis, 0));
    }

    @Test
    void filesAreReadOnceAndAgainWhenOneHasChanged() throws Exception {
        Path ca = TestAuthority.create().writeCertificate(directory);
        TlsFiles files = files(Optional.of(ca), Optional.empty());
        assertThat(files.readIfChanged()).isPresent();
        assertThat(files.readIfChanged()).isEmpty();
        Files.writeString(ca, Files.readString(ca) + "\n");
        assertThat(files.readIfChanged()).isPresent();
        assertThat(files.readIfChanged()).isEmpty();
    }

    @Test
    void whatCannotBeReadIsNamedAndReadAgainTheNextTime() throws Exception {
        Path ca = TestAuthority.create().writeCertificate(directory);
        String good = Files.readString(ca);
        TlsFiles files = files(Optional.of(ca), Optional.empty());
        files.readIfChanged();
        Files.writeString(ca, "half a certif");
        assertThatIllegalArgumentException().isThrownBy(files::readIfChanged).withMessageContaining(ca.toString());
        Files.writeString(ca, good);
        assertThat(files.readIfChanged()).isPresent();
    }

    @Test
    void withoutFilesTheJdksAuthoritiesAreTrustedAndNothingIsReadAgain() {
        TlsFiles files = files(Optional.empty(), Optional.empty());
        assertThat(files.readIfChanged()).isPresent();
        assertThat(files.readIfChanged()).isEmpty();
    }

    @Test
    void aKeyOfAnotherKindThanItsCertificateIsRefused() throws Exception {
        PemFiles device = TestAuthority.create().client("acme", "boiler-7").writeTo(directory, "device");
        byte[] rsa = java.security.KeyPairGenerator.getInstance("RSA")
                .generateKeyPair()
                .getPrivate()
                .getEncoded();
        Files.writeString(
                device.key(),
                "-----BEGIN PRIVATE KEY-----\n"
                        + java.util.Base64.getMimeEncoder().encodeToString(rsa) + "\n-----END PRIVATE KEY-----\n");
        TlsFiles files =
                files(Optional.empty(), Optional.of(new TransportSettings.ClientKey.Pem(device.chain(), device.key())));
        assertThatIllegalArgumentException()
                .isThrownBy(files::readIfChanged)
                .withMessage("the key in " + device.key() + " is for RSA, but the first certificate in "
                        + device.chain() + " for EC");
    }
}
