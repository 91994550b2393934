package io.fleetline.ingest.jetty;

import java.net.Socket;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Request;

/** Where the client certificate of a connection is to be had. */
final class ClientCertificates {
    private ClientCertificates() {}

    /** The certificate with its issuers behind it, as it came in the TLS handshake; empty if none came. */
    static List<X509Certificate> of(Request request) {
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
