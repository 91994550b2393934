package io.fleetline.device.internal.transport;

import io.fleetline.device.internal.credential.PemFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/** What a transport trusts and shows, as it stands in files. */
final class TlsFiles {
    private static final char[] IN_MEMORY = new char[0];

    /**
     * How many TLS sessions are kept to be resumed (RFC 8446, section 2.2). Each handshake brings a new one and uses one up, so
     * that a few are enough for each endpoint; the JDK's default of 20,480 would let them grow over months of reconnects.
     */
    private static final int MOST_TLS_SESSIONS = 256;

    private final TransportSettings settings;
    private final TimeFloor floor;
    private final SecureRandom random = new SecureRandom();
    private List<String> read = List.of();

    TlsFiles(TransportSettings settings, TimeFloor floor) {
        this.settings = settings;
        this.floor = floor;
    }

    /**
     * Reads them, unless nothing has changed since they were read.
     *
     * @throws IllegalArgumentException naming the file that cannot be read or is not what it should be
     */
    synchronized Optional<SSLContext> readIfChanged() {
        List<String> now = stamps();
        if (now.equals(read)) {
            return Optional.empty();
        }
        SSLContext context = context();
        read = now;
        return Optional.of(context);
    }

    /** Size and time of each file, and something for a transport without files. */
    private List<String> stamps() {
        List<String> stamps = new ArrayList<>(List.of("read"));
        for (Path file : settings.files()) {
            try {
                BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
                stamps.add(attributes.lastModifiedTime() + "/" + attributes.size() + "/" + attributes.fileKey());
            } catch (IOException e) {
                throw new IllegalArgumentException("cannot read " + file + ": " + e, e);
            }
        }
        return stamps;
    }

    private SSLContext context() {
        Optional<KeyStore> trusted = settings.trusted().map(TlsFiles::trusted);
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keyManagers(), new TrustManager[] {new FlooredTrust(trusted, floor)}, random);
            context.getClientSessionContext().setSessionCacheSize(MOST_TLS_SESSIONS);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("cannot set up TLS: " + e.getMessage(), e);
        }
    }

    private KeyManager @Nullable [] keyManagers() throws GeneralSecurityException {
        if (settings.clientKey().isEmpty()) {
            return null;
        }
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        TransportSettings.ClientKey clientKey = settings.clientKey().get();
        if (clientKey instanceof TransportSettings.ClientKey.Pem pem) {
            factory.init(keyStore(pem), IN_MEMORY);
        } else if (clientKey instanceof TransportSettings.ClientKey.Pkcs12 pkcs12) {
            factory.init(keyStore(pkcs12), pkcs12.password().toCharArray());
        }
        return factory.getKeyManagers();
    }

    private static KeyStore keyStore(TransportSettings.ClientKey.Pem pem) throws GeneralSecurityException {
        List<X509Certificate> chain = PemFile.certificates(pem.chain());
        PrivateKey key = PemFile.privateKey(pem.key());
        String certified = chain.get(0).getPublicKey().getAlgorithm();
        if (!certified.equals(key.getAlgorithm())) {
            throw new IllegalArgumentException("the key in " + pem.key() + " is for " + key.getAlgorithm()
                    + ", but the first certificate in " + pem.chain() + " for " + certified);
        }
        KeyStore store = empty();
        store.setKeyEntry("device", key, IN_MEMORY, chain.toArray(X509Certificate[]::new));
        return store;
    }

    private static KeyStore keyStore(TransportSettings.ClientKey.Pkcs12 pkcs12) throws GeneralSecurityException {
        try (InputStream in = Files.newInputStream(pkcs12.file())) {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(in, pkcs12.password().toCharArray());
            int keys = 0;
            for (String alias : Collections.list(store.aliases())) {
                keys += store.isKeyEntry(alias) ? 1 : 0;
            }
            if (keys != 1) {
                throw new IllegalArgumentException(pkcs12.file() + " has " + keys + " keys, not one");
            }
            return store;
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "cannot read " + pkcs12.file() + " as PKCS #12 with the password that was given: " + e.getMessage(),
                    e);
        }
    }

    private static KeyStore trusted(Path pem) {
        try {
            KeyStore store = empty();
            int number = 0;
            for (X509Certificate certificate : PemFile.certificates(pem)) {
                store.setCertificateEntry("authority-" + number++, certificate);
            }
            return store;
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("cannot take certificates from " + pem + ": " + e.getMessage(), e);
        }
    }

    private static KeyStore empty() throws GeneralSecurityException {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, IN_MEMORY);
            return store;
        } catch (IOException e) {
            throw new IllegalStateException("cannot make a key store in memory", e);
        }
    }
}
