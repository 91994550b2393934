package io.fleetline.ingest.jetty;

import java.net.Socket;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Request;

/** Where the client certificate of a device is to be had. */
final class ClientCertificates {
    private final TrustedProxies proxies;
    private final ProxyConfig.CertificateFrom from;

    ClientCertificates(ProxyConfig config) {
        this.proxies = TrustedProxies.parse(config.trusted());
        this.from = config.certificate();
    }

    /**
     * The certificate with its issuers behind it; empty if none came. A trusted proxy that passes on certificates has none of its
     * own that would be a device's.
     *
     * @throws IllegalArgumentException if a trusted proxy sends a header that is not of its form
     */
    List<X509Certificate> of(Request request) {
        if (from == ProxyConfig.CertificateFrom.NONE || !proxies.sent(request)) {
            return ofTls(request);
        }
        return from == ProxyConfig.CertificateFrom.CLIENT_CERT
                ? ForwardedCertificates.ofClientCert(request.getHeaders())
                : ForwardedCertificates.ofSslClientCert(request.getHeaders());
    }

    private static List<X509Certificate> ofTls(Request request) {
        return request.getAttribute(EndPoint.SslSessionData.ATTRIBUTE) instanceof EndPoint.SslSessionData session
                        && session.peerCertificates() != null
                ? List.of(session.peerCertificates())
                : List.of();
    }

    /**
     * Lets every client certificate through the TLS handshake, where the peer proves that it has the key, and nothing else.
     * Whom to trust depends on the tenant, which is read from the certificate only afterwards: it is decided before the
     * upgrade, against the registry as it is then, and the peer and the operator get an answer that says something.
     */
    static final class JudgedLater extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) {
            throw new UnsupportedOperationException("a node is no client");
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket) {
            throw new UnsupportedOperationException("a node is no client");
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {
            throw new UnsupportedOperationException("a node is no client");
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
