package io.fleetline.ingest.jetty;

import io.fleetline.ingest.tls.TlsFile;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Certificate chain and key out of PEM files (RFC 7468), which is what certificates come in everywhere but in Java.
 *
 * @param chain the certificates, the node's own first
 * @param key the private key, which is that of the first certificate
 */
record PemKeyStore(List<X509Certificate> chain, PrivateKey key) {
    private static final Pattern PRIVATE_KEY =
            Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");
    /** PKCS #8 says which it is, but Java has no way to ask. With each, how it signs. */
    private static final Map<String, String> SIGNATURES =
            Map.of("EC", "SHA256withECDSA", "RSA", "SHA256withRSA", "EdDSA", "EdDSA");

    private static final String BINARY =
            "is binary (PKCS #12 or DER), not PEM; openssl pkcs12 -nodes makes PEM of PKCS #12";

    /** The tag that every DER structure of interest begins with. */
    private static final byte SEQUENCE = 0x30;

    PemKeyStore {
        chain = List.copyOf(chain);
    }

    /**
     * Reads certificate chain and key, and sees that they belong together.
     *
     * @throws IllegalArgumentException naming the setting, the file and what is wrong with it
     */
    static PemKeyStore read(TlsFile certificates, TlsFile key) {
        List<X509Certificate> chain = chain(certificates);
        PrivateKey read = key(key);
        if (!belongTogether(read, chain.get(0))) {
            throw key.wrong("has another key than that of the first certificate in " + certificates.path() + ", \""
                    + chain.get(0).getSubjectX500Principal() + "\"");
        }
        for (int i = 1; i < chain.size(); i++) {
            if (!chain.get(i - 1).getIssuerX500Principal().equals(chain.get(i).getSubjectX500Principal())) {
                throw certificates.wrong("has certificates out of order: the one after \""
                        + chain.get(i - 1).getSubjectX500Principal() + "\" is not that of its issuer, \""
                        + chain.get(i - 1).getIssuerX500Principal() + "\"");
            }
        }
        return new PemKeyStore(chain, read);
    }

    /** The node's own certificate. */
    X509Certificate own() {
        return chain.get(0);
    }

    /** A key store in memory. */
    KeyStore keyStore(char[] password) {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setKeyEntry("node", key, password, chain.toArray(Certificate[]::new));
            return store;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("a store in memory", e);
        }
    }

    private static List<X509Certificate> chain(TlsFile file) {
        String pem = text(file);
        if (!pem.contains("-----BEGIN CERTIFICATE-----")) {
            throw file.wrong("has no certificate (BEGIN CERTIFICATE)");
        }
        try {
            List<X509Certificate> chain = new ArrayList<>();
            for (Certificate each : CertificateFactory.getInstance("X.509")
                    .generateCertificates(new ByteArrayInputStream(pem.getBytes(StandardCharsets.ISO_8859_1)))) {
                chain.add((X509Certificate) each);
            }
            return chain;
        } catch (GeneralSecurityException e) {
            throw file.wrong("cannot be read as certificates: " + e.getMessage(), e);
        }
    }

    private static PrivateKey key(TlsFile file) {
        Matcher block = PRIVATE_KEY.matcher(text(file));
        if (!block.find()) {
            throw file.wrong(
                    "has no unencrypted PKCS #8 key (BEGIN PRIVATE KEY); openssl pkcs8 -topk8 -nocrypt makes one");
        }
        PKCS8EncodedKeySpec encoded;
        try {
            encoded = new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(block.group(1)));
        } catch (IllegalArgumentException e) {
            throw file.wrong("has a key that is not whole: " + e.getMessage(), e);
        }
        for (String algorithm : SIGNATURES.keySet()) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(encoded);
            } catch (InvalidKeySpecException anotherAlgorithm) {
                // The next one, then.
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("this JDK has no " + algorithm + " keys", e);
            }
        }
        throw file.wrong("has a key that is not whole, or none of EC, RSA and EdDSA");
    }

    /** What the key signs, the certificate has to verify: there is no shorter way that works for all algorithms. */
    private static boolean belongTogether(PrivateKey key, X509Certificate certificate) {
        byte[] message = certificate.getPublicKey().getEncoded();
        try {
            String algorithm = SIGNATURES.get(certificate.getPublicKey().getAlgorithm());
            if (algorithm == null) {
                return false; // the key is of one that the node knows
            }
            Signature signature = Signature.getInstance(algorithm);
            signature.initSign(key);
            signature.update(message);
            byte[] signed = signature.sign();
            signature.initVerify(certificate.getPublicKey());
            signature.update(message);
            return signature.verify(signed);
        } catch (GeneralSecurityException e) {
            return false; // keys of two algorithms, or of two curves
        }
    }

    private static String text(TlsFile file) {
        byte[] bytes = file.bytes();
        if (bytes.length > 0 && bytes[0] == SEQUENCE) {
            throw file.wrong(BINARY);
        }
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }
}
