package io.fleetline.ingest.jetty;

import io.fleetline.ingest.time.NodeTime;
import io.fleetline.ingest.tls.TlsFile;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.CRL;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
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

    private final TlsFile certificates;
    private final TlsFile key;
    private final boolean allowTls12;
    private final boolean devIsFine;
    private final NodeTime time;
    private final String password;
    private final SslContextFactory.Server context;
    private final List<String> doubts;

    /** What was read last, good or not: trouble is worth one line for each change. Guarded by this. */
    private byte[] seen;

    /**
     * Reads the files.
     *
     * @param devIsFine whether a certificate that dev mode made is good enough here
     * @param time for whether the certificates are valid now
     * @throws IllegalArgumentException naming the setting, the file and what is wrong with it
     */
    CertificateFiles(ListenerConfig.Tls files, boolean devIsFine, NodeTime time) {
        this.certificates = new TlsFile("listener.tls.certificates", files.certificates());
        this.key = new TlsFile("listener.tls.key", files.key());
        this.allowTls12 = files.allowTls12();
        this.devIsFine = devIsFine;
        this.time = time;
        // The key store never leaves memory; its password only has to be one.
        byte[] random = new byte[16];
        new SecureRandom().nextBytes(random);
        password = Base64.getEncoder().encodeToString(random);
        seen = bytes();
        PemKeyStore read = load();
        doubts = doubts(read);
        context = make(read.keyStore(password.toCharArray()));
    }

    /** What may keep some devices from connecting with the files as they were at first, in sentences. */
    List<String> doubts() {
        return doubts;
    }

    /** TLS with what the files hold. */
    SslContextFactory.Server context() {
        return context;
    }

    private SslContextFactory.Server make(KeyStore store) {
        SslContextFactory.Server made = new SslContextFactory.Server() {
            @Override
            protected TrustManager[] getTrustManagers(
                    @Nullable KeyStore trusted, @Nullable Collection<? extends CRL> revoked) {
                return new TrustManager[] {new ClientCertificates.JudgedLater()};
            }
        };
        made.setWantClientAuth(true);
        made.setUseCipherSuitesOrder(false); // all are good, and the device knows what its processor does fastest
        made.setKeyStore(store);
        made.setKeyStorePassword(password);
        made.setRenegotiationAllowed(false);
        made.setExcludeProtocols();
        if (allowTls12) {
            made.setIncludeProtocols("TLSv1.3", "TLSv1.2");
            made.setIncludeCipherSuites(TLS_12_CIPHERS);
        } else {
            made.setIncludeProtocols("TLSv1.3");
        }
        return made;
    }

    /** Read and judged. */
    private PemKeyStore load() {
        PemKeyStore read = PemKeyStore.read(certificates, key);
        if (!devIsFine && read.own().getIssuerX500Principal().getName().contains(DEV_AUTHORITY)) {
            throw certificates.wrong("was made by dev mode, for loopback addresses only; the node listens elsewhere and"
                    + " needs another certificate");
        }
        certificates.requireValid(read.own(), now());
        return read;
    }

    /**
     * What may keep some devices away, in sentences: a device may know another way to an authority that it trusts than
     * through a certificate whose time is over.
     */
    private List<String> doubts(PemKeyStore read) {
        return read.chain().stream()
                .skip(1)
                .flatMap(each -> certificates.whyNotValid(each, now()).stream())
                .toList();
    }

    private Instant now() {
        return Instant.ofEpochMilli(time.unixMillis());
    }

    /** Connections that there are keep what they were made with. */
    synchronized void reloadIfChanged() {
        try {
            byte[] now = bytes();
            if (Arrays.equals(now, seen)) {
                return;
            }
            seen = now;
            PemKeyStore read = load();
            KeyStore store = read.keyStore(password.toCharArray());
            context.reload(factory -> factory.setKeyStore(store));
            LOG.info(
                    "took the certificate in {} into use, which is valid until {}",
                    certificates.path(),
                    read.own().getNotAfter().toInstant());
            doubts(read).forEach(LOG::warn);
        } catch (Exception e) {
            LOG.warn(
                    "the certificate in {} or its key has changed and cannot be used; the one before stays: {}",
                    certificates.path(),
                    e.toString());
        }
    }

    /** Both files, one behind the other: small, and a time stamp may lie. */
    private byte[] bytes() {
        byte[] chain = certificates.bytes();
        byte[] secret = key.bytes();
        byte[] both = Arrays.copyOf(chain, chain.length + secret.length);
        System.arraycopy(secret, 0, both, chain.length, secret.length);
        return both;
    }
}
