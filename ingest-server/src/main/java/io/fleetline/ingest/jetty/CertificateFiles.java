package io.fleetline.ingest.jetty;

import java.io.IOException;
import java.nio.file.Files;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.CRL;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import javax.net.ssl.TrustManager;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The node's certificate and key, and TLS made of them; read again when they change. */
final class CertificateFiles {
    private static final Logger LOG = LoggerFactory.getLogger(CertificateFiles.class);

    /** TLS 1.2 only where a device can do no better, and then nothing that is not safe today. */
    private static final String[] TLS_12_CIPHERS = {
        "TLS_AES_.*", "TLS_CHACHA20_.*", "TLS_ECDHE_.*_WITH_AES_.*_GCM_.*", "TLS_ECDHE_.*_WITH_CHACHA20_.*"
    };

    /** Whom dev mode's certificates are from: its key lies on a developer's disk. */
    private static final String DEV_AUTHORITY = "CN=Fleetline dev authority";

    private final ListenerConfig.Tls files;
    private final boolean devIsFine;
    private final String password;
    private final SslContextFactory.Server context;

    /** What was read last, good or not: trouble is worth one line for each change. Guarded by this. */
    private byte[] seen;

    /**
     * Reads the files.
     *
     * @param devIsFine whether a certificate that dev mode made is good enough here
     * @throws IllegalArgumentException naming the file and what is wrong with it
     */
    CertificateFiles(ListenerConfig.Tls files, boolean devIsFine) {
        this.files = files;
        this.devIsFine = devIsFine;
        // The key store never leaves memory; its password only has to be one.
        byte[] random = new byte[16];
        new SecureRandom().nextBytes(random);
        password = Base64.getEncoder().encodeToString(random);
        seen = bytes();
        context = make();
    }

    /** TLS with what the files hold. */
    SslContextFactory.Server context() {
        return context;
    }

    private SslContextFactory.Server make() {
        SslContextFactory.Server made = new SslContextFactory.Server() {
            @Override
            protected TrustManager[] getTrustManagers(
                    @Nullable KeyStore trusted, @Nullable Collection<? extends CRL> revoked) {
                return new TrustManager[] {new ClientCertificates.JudgedLater()};
            }
        };
        made.setWantClientAuth(true);
        made.setUseCipherSuitesOrder(false); // all are good, and the device knows what its processor does fastest
        made.setKeyStore(load());
        made.setKeyStorePassword(password);
        made.setRenegotiationAllowed(false);
        made.setExcludeProtocols();
        if (files.allowTls12()) {
            made.setIncludeProtocols("TLSv1.3", "TLSv1.2");
            made.setIncludeCipherSuites(TLS_12_CIPHERS);
        } else {
            made.setIncludeProtocols("TLSv1.3");
        }
        return made;
    }

    private KeyStore load() {
        KeyStore store = PemKeyStore.load(files, password.toCharArray());
        if (!devIsFine
                && PemKeyStore.certificate(store)
                        .getIssuerX500Principal()
                        .getName()
                        .contains(DEV_AUTHORITY)) {
            throw new IllegalArgumentException(files.certificates()
                    + " was made by dev mode, for loopback addresses only; the node listens elsewhere and needs another"
                    + " certificate");
        }
        return store;
    }

    /** Connections that there are keep what they were made with. */
    synchronized void reloadIfChanged() {
        try {
            byte[] now = bytes();
            if (Arrays.equals(now, seen)) {
                return;
            }
            seen = now;
            KeyStore store = load();
            context.reload(factory -> factory.setKeyStore(store));
            LOG.info("took the certificate in {} into use", files.certificates());
        } catch (Exception e) {
            LOG.warn(
                    "the certificate in {} or its key has changed and cannot be used; the one before stays: {}",
                    files.certificates(),
                    e.toString());
        }
    }

    /** Both files, one behind the other: small, and a time stamp may lie. */
    private byte[] bytes() {
        try {
            byte[] chain = Files.readAllBytes(files.certificates());
            byte[] key = Files.readAllBytes(files.key());
            byte[] both = Arrays.copyOf(chain, chain.length + key.length);
            System.arraycopy(key, 0, both, chain.length, key.length);
            return both;
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "cannot read " + files.certificates() + " and " + files.key() + ": " + e, e);
        }
    }
}
