package io.fleetline.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.jspecify.annotations.Nullable;

/**
 * A certificate authority that exists as long as a test does: ECDSA on P-256 throughout, made anew at each run, so that
 * no key ever lies in the repository and no certificate ever goes stale in it.
 *
 * <p>Two authorities know nothing of each other: a second one is the stranger whose certificates must be refused.
 * Thread-safe.
 */
public final class TestAuthority {
    private static final Duration VALIDITY = Duration.ofDays(2);
    /** Long enough that a clock that is set back during the run does no harm. */
    private static final Duration BACKDATED = Duration.ofHours(1);

    private static final Pattern ADDRESS = Pattern.compile("[0-9.]+|[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*");

    private final Clock clock;
    private final SecureRandom random = new SecureRandom();
    private final KeyPair keys;
    private final X500Name name;
    private final X509Certificate certificate;

    private TestAuthority(String commonName, Clock clock) {
        this.clock = clock;
        this.name = new X500Name("CN=" + commonName);
        this.keys = newKeys();
        Instant now = clock.instant();
        this.certificate = sign(name, keys, now.minus(BACKDATED), now.plus(VALIDITY), builder -> {
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
        });
    }

    /** A new authority, trusted by nobody yet. */
    public static TestAuthority create() {
        return create("Fleetline test authority");
    }

    /** A new authority of this common name. */
    public static TestAuthority create(String commonName) {
        return create(commonName, Clock.systemUTC());
    }

    /** A new authority of this common name, which lives by this clock: its own certificate is valid for two days from then. */
    public static TestAuthority create(String commonName, Clock clock) {
        return new TestAuthority(commonName, clock);
    }

    /** The authority's own certificate: what a client is to trust. */
    public X509Certificate certificate() {
        return certificate;
    }

    /** A key store with the authority's certificate as its only, trusted, entry. */
    public KeyStore trustStore() {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setCertificateEntry("authority", certificate);
            return store;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("cannot make a trust store in memory", e);
        }
    }

    /** What a TLS client needs that trusts this authority alone and has no certificate of its own. */
    public SSLContext clientContext() {
        return clientContext(null);
    }

    /** The same for a client that has this certificate, if any. */
    public SSLContext clientContext(@Nullable TestCertificate own) {
        try {
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(trustStore());
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(own == null ? null : keys(own), trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("cannot make a client's TLS context", e);
        }
    }

    private static KeyManager[] keys(TestCertificate own) throws GeneralSecurityException {
        char[] password = {'k'};
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(own.keyStore(password), password);
        return keys.getKeyManagers();
    }

    /** Writes the authority's certificate as {@code ca.pem} into the directory, which is made if it is missing. */
    public Path writeCertificate(Path directory) {
        Path file = directory.resolve("ca.pem");
        try {
            Files.createDirectories(directory);
            Files.writeString(file, Pem.certificates(List.of(certificate)));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        }
        return file;
    }

    /**
     * A server's certificate, valid now.
     *
     * @param namesAndAddresses DNS names and IP addresses that it is good for; with none, those of this machine's
     *     loopback
     */
    public TestCertificate server(String... namesAndAddresses) {
        Instant now = clock.instant();
        return server(now.minus(BACKDATED), now.plus(VALIDITY), namesAndAddresses);
    }

    /** A server's certificate whose time was over an hour ago. */
    public TestCertificate expiredServer(String... namesAndAddresses) {
        Instant now = clock.instant();
        return server(now.minus(VALIDITY), now.minus(Duration.ofHours(1)), namesAndAddresses);
    }

    /** A server's certificate with validity of the caller's choice. */
    public TestCertificate server(Instant notBefore, Instant notAfter, String... namesAndAddresses) {
        List<GeneralName> names = new ArrayList<>();
        String[] given = namesAndAddresses.length > 0
                ? namesAndAddresses
                : new String[] {"localhost", "127.0.0.1", "127.0.0.2", "127.0.0.3", "127.0.0.4", "::1"};
        for (String each : given) {
            int kind = ADDRESS.matcher(each).matches() ? GeneralName.iPAddress : GeneralName.dNSName;
            names.add(new GeneralName(kind, each));
        }
        return leaf("CN=" + given[0], notBefore, notAfter, KeyPurposeId.id_kp_serverAuth, names);
    }

    /** A device's client certificate, valid now, with the SAN URI {@code urn:fleetline:device:TENANT:DEVICE}. */
    public TestCertificate client(String tenant, String device) {
        Instant now = clock.instant();
        return client(now.minus(BACKDATED), now.plus(VALIDITY), tenant, device);
    }

    /** A device's client certificate whose time was over an hour ago. */
    public TestCertificate expiredClient(String tenant, String device) {
        Instant now = clock.instant();
        return client(now.minus(VALIDITY), now.minus(Duration.ofHours(1)), tenant, device);
    }

    private TestCertificate client(Instant notBefore, Instant notAfter, String tenant, String device) {
        GeneralName uri =
                new GeneralName(GeneralName.uniformResourceIdentifier, "urn:fleetline:device:" + tenant + ":" + device);
        return leaf("CN=" + device + ",O=" + tenant, notBefore, notAfter, KeyPurposeId.id_kp_clientAuth, List.of(uri));
    }

    private TestCertificate leaf(
            String subject, Instant notBefore, Instant notAfter, KeyPurposeId purpose, List<GeneralName> names) {
        KeyPair leafKeys = newKeys();
        X509Certificate leaf = sign(new X500Name(subject), leafKeys, notBefore, notAfter, builder -> {
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
            builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purpose));
            builder.addExtension(
                    Extension.subjectAlternativeName, false, new GeneralNames(names.toArray(GeneralName[]::new)));
        });
        return new TestCertificate(leafKeys.getPrivate(), List.of(leaf, certificate));
    }

    private X509Certificate sign(
            X500Name subject, KeyPair subjectKeys, Instant notBefore, Instant notAfter, Extensions extensions) {
        JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                name,
                new BigInteger(120, random),
                Date.from(notBefore),
                Date.from(notAfter),
                subject,
                subjectKeys.getPublic());
        try {
            extensions.addTo(builder);
            return new JcaX509CertificateConverter()
                    .getCertificate(
                            builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate())));
        } catch (GeneralSecurityException | OperatorCreationException | CertIOException e) {
            throw new IllegalStateException("cannot sign a certificate for " + subject, e);
        }
    }

    private KeyPair newKeys() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"), random);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK has no P-256", e);
        }
    }

    private interface Extensions {
        void addTo(JcaX509v3CertificateBuilder builder) throws CertIOException;
    }
}
