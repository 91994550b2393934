package io.fleetline.ingest.jetty;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.KeyStoreException;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Makes a key store in memory out of PEM files (RFC 7468), which is what certificates come in everywhere but in Java. */
final class PemKeyStore {
    private static final String ALIAS = "node";

    private static final Pattern PRIVATE_KEY =
            Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");
    /** PKCS #8 says which it is, but Java has no way to ask. */
    private static final List<String> ALGORITHMS = List.of("EC", "RSA", "EdDSA");

    private PemKeyStore() {}

    /**
     * Reads certificate chain and key.
     *
     * @throws IllegalArgumentException naming the file and what is wrong with it
     */
    static KeyStore load(ListenerConfig.Tls files, char[] password) {
        Certificate[] chain = chain(files.certificates());
        PrivateKey key = key(files.key());
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setKeyEntry(ALIAS, key, password, chain);
            return store;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalArgumentException(
                    "the key in " + files.key() + " and the certificates in " + files.certificates()
                            + " do not go together: " + e.getMessage(),
                    e);
        }
    }

    /** The node's own certificate in a store that was loaded here. */
    static X509Certificate certificate(KeyStore loaded) {
        try {
            return (X509Certificate) loaded.getCertificate(ALIAS);
        } catch (KeyStoreException e) {
            throw new IllegalStateException("a store in memory that was loaded", e);
        }
    }

    private static Certificate[] chain(Path file) {
        try {
            Collection<? extends Certificate> chain = CertificateFactory.getInstance("X.509")
                    .generateCertificates(new ByteArrayInputStream(read(file).getBytes(StandardCharsets.US_ASCII)));
            if (chain.isEmpty()) {
                throw new IllegalArgumentException(file + " has no certificate");
            }
            return chain.toArray(Certificate[]::new);
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException(file + " cannot be read as certificates: " + e.getMessage(), e);
        }
    }

    private static PrivateKey key(Path file) {
        Matcher block = PRIVATE_KEY.matcher(read(file));
        if (!block.find()) {
            throw new IllegalArgumentException(file
                    + " has no unencrypted PKCS #8 key (BEGIN PRIVATE KEY); openssl pkcs8 -topk8 -nodes makes one");
        }
        PKCS8EncodedKeySpec encoded =
                new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(block.group(1)));
        for (String algorithm : ALGORITHMS) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(encoded);
            } catch (InvalidKeySpecException anotherAlgorithm) {
                // The next one, then.
            } catch (GeneralSecurityException e) {
                throw new IllegalArgumentException("this JDK has no " + algorithm + " keys", e);
            }
        }
        throw new IllegalArgumentException(file + " has a key that is none of " + ALGORITHMS);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new IllegalArgumentException("cannot read " + file + ": " + e, e);
        }
    }
}
