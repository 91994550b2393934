package io.fleetline.cli.dev;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Set;
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
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** Makes keys and certificates: ECDSA on P-256. Apart from what reads them, because its library is slow to load. */
final class Issuer {
    /** Nodes in production refuse certificates of an authority of this name. */
    static final String AUTHORITY_NAME = "CN=Fleetline dev authority,OU=Never trust outside this machine";

    /** A clock that is set back a little must not make a new certificate one of the future. */
    private static final Duration BACKDATED = Duration.ofHours(1);

    private static final JcaX509ExtensionUtils EXTENSIONS = extensions();

    private final Clock clock;
    private final SecureRandom random = new SecureRandom();

    Issuer(Clock clock) {
        this.clock = clock;
    }

    /** A new authority that signs itself. */
    DevAuthority.Issued authority(Duration validity) {
        KeyPair keys = keys();
        X500Name name = new X500Name(AUTHORITY_NAME);
        try {
            JcaX509v3CertificateBuilder builder = builder(name, name, keys, validity);
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
            // Strict verifiers, such as Python's since 3.13, want both sides of this link.
            builder.addExtension(
                    Extension.subjectKeyIdentifier, false, EXTENSIONS.createSubjectKeyIdentifier(keys.getPublic()));
            return new DevAuthority.Issued(keys.getPrivate(), List.of(sign(builder, keys.getPrivate())));
        } catch (CertIOException | OperatorCreationException | GeneralSecurityException e) {
            throw new IllegalStateException("cannot make a certificate authority", e);
        }
    }

    /** A new server's certificate for these DNS names and addresses, signed by this authority. */
    DevAuthority.Issued server(DevAuthority.Issued authority, Set<String> names, Duration validity) {
        KeyPair keys = keys();
        GeneralName[] alternatives = names.stream()
                .map(name -> new GeneralName(
                        name.matches("[0-9.]+|[0-9a-fA-F]*:.*") ? GeneralName.iPAddress : GeneralName.dNSName, name))
                .toArray(GeneralName[]::new);
        try {
            JcaX509v3CertificateBuilder builder = builder(
                    X500Name.getInstance(
                            authority.certificate().getSubjectX500Principal().getEncoded()),
                    new X500Name("CN=Fleetline dev node"),
                    keys,
                    validity);
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
            builder.addExtension(
                    Extension.extendedKeyUsage, false, new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth));
            builder.addExtension(
                    Extension.authorityKeyIdentifier,
                    false,
                    EXTENSIONS.createAuthorityKeyIdentifier(authority.certificate()));
            builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(alternatives));
            return new DevAuthority.Issued(
                    keys.getPrivate(), List.of(sign(builder, authority.key()), authority.certificate()));
        } catch (CertIOException | OperatorCreationException | GeneralSecurityException e) {
            throw new IllegalStateException("cannot make a certificate for " + names, e);
        }
    }

    private JcaX509v3CertificateBuilder builder(X500Name issuer, X500Name subject, KeyPair keys, Duration validity) {
        Instant now = clock.instant();
        return new JcaX509v3CertificateBuilder(
                issuer,
                new BigInteger(120, random),
                Date.from(now.minus(BACKDATED)),
                Date.from(now.plus(validity)),
                subject,
                keys.getPublic());
    }

    private static X509Certificate sign(JcaX509v3CertificateBuilder builder, PrivateKey key)
            throws OperatorCreationException, GeneralSecurityException {
        return new JcaX509CertificateConverter()
                .getCertificate(builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(key)));
    }

    private static JcaX509ExtensionUtils extensions() {
        try {
            return new JcaX509ExtensionUtils();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK has no SHA-1, which RFC 5280 names keys by", e);
        }
    }

    private KeyPair keys() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"), random);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK has no P-256", e);
        }
    }
}
