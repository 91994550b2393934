package io.fleetline.device.internal.transport;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** Reads certificates from a PEM file (RFC 7468). */
final class PemFile {
    private PemFile() {}

    /**
     * The certificates of a file, as authorities to trust.
     *
     * @throws IllegalArgumentException if the file cannot be read or has no certificate
     */
    static KeyStore trusted(Path pem) {
        try (InputStream in = Files.newInputStream(pem)) {
            Collection<? extends Certificate> certificates =
                    CertificateFactory.getInstance("X.509").generateCertificates(in);
            if (certificates.isEmpty()) {
                throw new IllegalArgumentException("there is no certificate in " + pem);
            }
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, none());
            int number = 0;
            for (Certificate certificate : certificates) {
                store.setCertificateEntry("authority-" + number++, certificate);
            }
            return store;
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalArgumentException("cannot read certificates from " + pem + ": " + e, e);
        }
    }

    /** A key store in memory has no password. */
    private static char @Nullable [] none() {
        return null;
    }
}
