package io.fleetline.ingest.jetty;

import java.io.ByteArrayInputStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import org.eclipse.jetty.http.HttpFields;

/** A device's certificate as the proxy that ended TLS passes it on. That the device has the key, the proxy has seen. */
final class ForwardedCertificates {
    static final String CLIENT_CERT = "Client-Cert";
    static final String CLIENT_CERT_CHAIN = "Client-Cert-Chain";
    static final String SSL_CLIENT_CERT = "SSL-Client-Cert";

    private ForwardedCertificates() {}

    /**
     * Reads {@code Client-Cert} and {@code Client-Cert-Chain} (RFC 9440, section 2): Byte Sequences of RFC 8941.
     *
     * @return the device's certificate and its issuers behind it; empty if there is none
     * @throws IllegalArgumentException if a header is not of its form
     */
    static List<X509Certificate> ofClientCert(HttpFields headers) {
        String own = one(headers, CLIENT_CERT);
        if (own.isEmpty()) {
            return List.of();
        }
        List<X509Certificate> chain = new ArrayList<>(certificate(CLIENT_CERT, own));
        for (String issuers : headers.getValuesList(CLIENT_CERT_CHAIN)) {
            for (String issuer : issuers.split(",", -1)) {
                chain.addAll(certificate(CLIENT_CERT_CHAIN, issuer.strip()));
            }
        }
        return chain;
    }

    /**
     * Reads {@code SSL-Client-Cert}: PEM, URL-escaped; the device's certificate first if there are several.
     *
     * @return the device's certificate and its issuers behind it; empty if there is none
     * @throws IllegalArgumentException if the header is not of that form
     */
    static List<X509Certificate> ofSslClientCert(HttpFields headers) {
        String escaped = one(headers, SSL_CLIENT_CERT);
        if (escaped.isEmpty()) {
            return List.of();
        }
        // Some escape the plus of Base64, and some do not; none mean a space by it.
        String pem = URLDecoder.decode(escaped.replace("+", "%2B"), StandardCharsets.US_ASCII);
        return certificates(SSL_CLIENT_CERT, pem.getBytes(StandardCharsets.US_ASCII));
    }

    private static String one(HttpFields headers, String name) {
        List<String> values = headers.getValuesList(name);
        if (values.size() > 1) {
            throw new IllegalArgumentException(values.size() + " " + name + " headers");
        }
        return values.isEmpty() ? "" : values.get(0).strip();
    }

    private static List<X509Certificate> certificate(String header, String item) {
        if (item.length() < 2 || !item.startsWith(":") || !item.endsWith(":")) {
            throw new IllegalArgumentException(header + " is not Base64 between colons");
        }
        byte[] der;
        try {
            der = Base64.getDecoder().decode(item.substring(1, item.length() - 1));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(header + " is not Base64 between colons", e);
        }
        List<X509Certificate> found = certificates(header, der);
        if (found.size() != 1) {
            throw new IllegalArgumentException(header + " has " + found.size() + " certificates where one is due");
        }
        return found;
    }

    private static List<X509Certificate> certificates(String header, byte[] bytes) {
        try {
            Collection<? extends java.security.cert.Certificate> read =
                    CertificateFactory.getInstance("X.509").generateCertificates(new ByteArrayInputStream(bytes));
            List<X509Certificate> found =
                    read.stream().map(X509Certificate.class::cast).toList();
            if (found.isEmpty()) {
                throw new IllegalArgumentException(header + " has no certificate in it");
            }
            return found;
        } catch (CertificateException e) {
            throw new IllegalArgumentException(header + " has no readable certificate in it", e);
        }
    }
}
