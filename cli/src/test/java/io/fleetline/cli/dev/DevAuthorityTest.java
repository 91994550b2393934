package io.fleetline.cli.dev;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.FileInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Date;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DevAuthorityTest {
    private static final Instant START = Instant.parse("2026-11-21T12:00:00Z");
    private static final Set<String> NAMES = Set.of("localhost", "127.0.0.1", "0:0:0:0:0:0:0:1", "workbench");

    @TempDir
    private Path directory;

    @Test
    void theFirstStartMakesAnAuthorityAndACertificateThatItVouchesFor() throws Exception {
        DevAuthority made = openAt(START);

        X509Certificate authority = certificates(made.certificate()).get(0);
        List<X509Certificate> chain = certificates(made.serverChain());
        PKIXParameters trust = new PKIXParameters(Set.of(new TrustAnchor(authority, null)));
        trust.setRevocationEnabled(false);
        trust.setDate(Date.from(START));
        CertPathValidator.getInstance("PKIX")
                .validate(CertificateFactory.getInstance("X.509").generateCertPath(chain.subList(0, 1)), trust);
        assertThat(chain).hasSize(2).last().isEqualTo(authority);
        assertThat(chain.get(0).getSubjectAlternativeNames())
                .extracting(name -> (Object) name.get(1))
                .containsExactlyInAnyOrder(NAMES.toArray());
        assertThat(chain.get(0).getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.1");
        assertThat(authority.getSubjectX500Principal().getName()).contains("Fleetline dev authority");
    }

    @Test
    void onThisMachineTheCertificateIsGoodForItsLoopback() throws Exception {
        DevAuthority made = DevAuthority.open(directory, Clock.systemUTC());

        assertThat(certificates(made.serverChain()).get(0).getSubjectAlternativeNames())
                .extracting(name -> (Object) name.get(1))
                .contains("localhost", "127.0.0.1", "0:0:0:0:0:0:0:1");
    }

    @Test
    void keysAreForTheirOwnerOnly() throws IOException {
        DevAuthority made = openAt(START);

        for (Path key : List.of(made.serverKey(), directory.resolve("ca-key.pem"))) {
            assertThat(Files.getPosixFilePermissions(key))
                    .as(key.toString())
                    .isEqualTo(PosixFilePermissions.fromString("rw-------"));
        }
    }

    @Test
    void aLaterStartKeepsBoth() throws Exception {
        DevAuthority made = openAt(START);
        String before = content(made);

        assertThat(content(openAt(START.plus(Duration.ofDays(300))))).isEqualTo(before);
    }

    @Test
    void theNodesCertificateIsRenewedBeforeItsTimeIsOver() throws Exception {
        DevAuthority made = openAt(START);
        X509Certificate authority = certificates(made.certificate()).get(0);
        X509Certificate server = certificates(made.serverChain()).get(0);

        Instant late = START.plus(Duration.ofDays(340));
        openAt(late);

        assertThat(certificates(made.certificate()).get(0)).isEqualTo(authority);
        assertThat(certificates(made.serverChain()).get(0))
                .isNotEqualTo(server)
                .satisfies(renewed -> assertThat(renewed.getNotAfter().toInstant())
                        .isEqualTo(late.plus(DevAuthority.SERVER_VALIDITY)));
    }

    @Test
    void theAuthorityIsRenewedBeforeACertificateCouldOutliveIt() throws Exception {
        DevAuthority made = openAt(START);
        X509Certificate authority = certificates(made.certificate()).get(0);

        openAt(START.plus(DevAuthority.AUTHORITY_VALIDITY).minus(Duration.ofDays(100)));

        X509Certificate renewed = certificates(made.certificate()).get(0);
        X509Certificate server = certificates(made.serverChain()).get(0);
        assertThat(renewed).isNotEqualTo(authority);
        server.verify(renewed.getPublicKey());
        assertThat(server.getNotAfter()).isBefore(renewed.getNotAfter());
    }

    @Test
    void aMachineOfAnotherNameGetsACertificateForIt() throws Exception {
        DevAuthority made = openAt(START);
        X509Certificate authority = certificates(made.certificate()).get(0);

        DevAuthority.open(directory, at(START), Set.of("localhost", "renamed"));

        assertThat(certificates(made.certificate()).get(0)).isEqualTo(authority);
        assertThat(certificates(made.serverChain()).get(0).getSubjectAlternativeNames())
                .extracting(name -> (Object) name.get(1))
                .containsExactlyInAnyOrder("localhost", "renamed");
    }

    @Test
    void whatIsDamagedOrMissingIsMadeAnew() throws Exception {
        DevAuthority made = openAt(START);
        Files.writeString(made.serverKey(), "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n");
        openAt(START);
        certificates(made.serverChain())
                .get(0)
                .verify(certificates(made.certificate()).get(0).getPublicKey());

        Files.delete(directory.resolve("ca-key.pem"));
        openAt(START);
        certificates(made.serverChain())
                .get(0)
                .verify(certificates(made.certificate()).get(0).getPublicKey());
    }

    @Test
    void aKeyThatDoesNotFitItsCertificateIsNoticed() throws Exception {
        DevAuthority made = openAt(START);
        X509Certificate server = certificates(made.serverChain()).get(0);
        Files.copy(directory.resolve("ca-key.pem"), made.serverKey(), StandardCopyOption.REPLACE_EXISTING);

        openAt(START);

        assertThat(certificates(made.serverChain()).get(0)).isNotEqualTo(server);
    }

    private DevAuthority openAt(Instant moment) {
        return DevAuthority.open(directory, at(moment), NAMES);
    }

    private static Clock at(Instant moment) {
        return Clock.fixed(moment, ZoneOffset.UTC);
    }

    private static String content(DevAuthority authority) throws IOException {
        return Files.readString(authority.certificate())
                + Files.readString(authority.serverChain())
                + Files.readString(authority.serverKey());
    }

    private static List<X509Certificate> certificates(Path file) throws Exception {
        try (FileInputStream in = new FileInputStream(file.toFile())) {
            return CertificateFactory.getInstance("X.509").generateCertificates(in).stream()
                    .map(X509Certificate.class::cast)
                    .toList();
        }
    }
}
