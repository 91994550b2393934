package io.fleetline.device.internal.transport;

import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Date;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.CertPathTrustManagerParameters;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Checks certificates as the JDK does (RFC 5280 section 6), but on a device whose clock is certainly behind not at the
 * time that the clock shows. All that is known then is that it is not earlier than the {@linkplain TimeFloor floor}: a
 * certificate that had ended by then is refused, one that begins later may well be valid by now and is accepted.
 */
final class FlooredTrust extends X509ExtendedTrustManager {
    private final X509ExtendedTrustManager byClock;
    private final Set<TrustAnchor> anchors = new HashSet<>();
    private final TimeFloor floor;

    /** @param trusted the authorities to trust; if empty, those that the JDK trusts */
    FlooredTrust(Optional<KeyStore> trusted, TimeFloor floor) throws GeneralSecurityException {
        TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
        factory.init(orJdks(trusted));
        this.byClock = only(factory);
        this.floor = floor;
        for (X509Certificate issuer : byClock.getAcceptedIssuers()) {
            anchors.add(new TrustAnchor(issuer, noConstraints()));
        }
    }

    private interface Check {
        void with(X509ExtendedTrustManager manager) throws CertificateException;
    }

    private void check(X509Certificate[] chain, Check check) throws CertificateException {
        if (!floor.isClockBehind()) {
            check.with(byClock);
            return;
        }
        if (floor.isClockPossible()) {
            // A node's time may have been wrong, and the device's clock right.
            try {
                check.with(byClock);
                return;
            } catch (CertificateException e) {
                check.with(at(earliest(chain)));
                return;
            }
        }
        check.with(at(earliest(chain)));
    }

    /** The earliest moment, from the floor on, at which all of the chain has begun. */
    private Instant earliest(X509Certificate[] chain) {
        Instant moment = Instant.ofEpochMilli(floor.millis());
        for (X509Certificate each : chain) {
            Instant begins = each.getNotBefore().toInstant();
            moment = begins.isAfter(moment) ? begins : moment;
        }
        return moment;
    }

    private X509ExtendedTrustManager at(Instant moment) throws CertificateException {
        try {
            PKIXBuilderParameters parameters = new PKIXBuilderParameters(anchors, new X509CertSelector());
            parameters.setRevocationEnabled(false);
            parameters.setDate(Date.from(moment));
            TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
            factory.init(new CertPathTrustManagerParameters(parameters));
            return only(factory);
        } catch (GeneralSecurityException e) {
            throw new CertificateException("cannot check certificates as of " + moment, e);
        }
    }

    private static X509ExtendedTrustManager only(TrustManagerFactory factory) {
        for (TrustManager manager : factory.getTrustManagers()) {
            if (manager instanceof X509ExtendedTrustManager extended) {
                return extended;
            }
        }
        throw new IllegalStateException("this JDK checks no certificates");
    }

    /** The JDK's own are what a factory takes that is given none. */
    private static @Nullable KeyStore orJdks(Optional<KeyStore> trusted) {
        return trusted.orElse(null);
    }

    private static byte @Nullable [] noConstraints() {
        return null;
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        check(chain, manager -> manager.checkServerTrusted(chain, authType, engine));
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        check(chain, manager -> manager.checkServerTrusted(chain, authType, socket));
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        check(chain, manager -> manager.checkServerTrusted(chain, authType));
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        byClock.checkClientTrusted(chain, authType, engine);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        byClock.checkClientTrusted(chain, authType, socket);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        byClock.checkClientTrusted(chain, authType);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return byClock.getAcceptedIssuers();
    }
}
