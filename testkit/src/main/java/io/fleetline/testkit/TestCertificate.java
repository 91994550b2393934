package io.fleetline.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * A private key and the certificates that speak for it.
 *
 * @param key the private key
 * @param chain its certificate first, the authority's last
 */
public record TestCertificate(PrivateKey key, List<X509Certificate> chain) {
    /** Keeps its own copy of the chain. */
    public TestCertificate {
        chain = List.copyOf(chain);
    }

    /**
     * Where a certificate and its key lie as PEM files.
     *
     * @param chain the certificate chain
     * @param key the private key, PKCS #8 (RFC 5958), not encrypted
     */
    public record PemFiles(Path chain, Path key) {}

    /** Writes {@code NAME.pem} and {@code NAME.key} into the directory, which is made if it is missing. */
    public PemFiles writeTo(Path directory, String name) {
        PemFiles files = new PemFiles(directory.resolve(name + ".pem"), directory.resolve(name + ".key"));
        try {
            Files.createDirectories(directory);
            Files.writeString(files.chain(), Pem.certificates(chain));
            Files.writeString(files.key(), Pem.privateKey(key));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + files, e);
        }
        return files;
    }

    /** The same as a key store in memory, with its one entry under this password. */
    public KeyStore keyStore(char[] password) {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setKeyEntry("key", key, password, chain.toArray(X509Certificate[]::new));
            return store;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("cannot make a key store in memory", e);
        }
    }
}
