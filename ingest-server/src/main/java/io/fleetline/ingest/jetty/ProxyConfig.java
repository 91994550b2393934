package io.fleetline.ingest.jetty;

/**
 * Proxies that stand between devices and the node, and what the node believes of what they say. Whoever else comes is taken by
 * the address of their own socket, whatever they send.
 *
 * @param trusted the networks that such proxies are in, separated by commas, such as {@code 10.1.0.0/16, 2001:db8::/64,
 *     192.0.2.7}; empty if there are none
 * @param address how they say where a device comes from
 * @param certificate how they pass on a device's certificate, if they end TLS
 */
public record ProxyConfig(String trusted, AddressFrom address, CertificateFrom certificate) {
    /** How a proxy says where a device comes from. */
    public enum AddressFrom {
        /** Not at all: the address is the proxy's. */
        NONE,
        /** By a header before everything else (PROXY protocol, version 1 or 2), which then has to be there. */
        PROXY_PROTOCOL,
        /** By {@code X-Forwarded-For}, of which the rightmost address counts that is not itself a trusted proxy's. */
        X_FORWARDED_FOR
    }

    /** How a proxy passes on a device's certificate. */
    public enum CertificateFrom {
        /** Not at all: what comes by TLS counts. */
        NONE,
        /** By {@code Client-Cert} and {@code Client-Cert-Chain} (RFC 9440). */
        CLIENT_CERT,
        /** By {@code SSL-Client-Cert}: PEM, URL-escaped, as nginx writes it. */
        SSL_CLIENT_CERT
    }

    /** No proxies. */
    public static final ProxyConfig NONE = new ProxyConfig("", AddressFrom.NONE, CertificateFrom.NONE);

    /**
     * Checks each setting and how they stand to one another.
     *
     * @throws IllegalArgumentException naming the setting
     */
    public ProxyConfig {
        boolean somebody = !TrustedProxies.parse(trusted).isEmpty();
        if (!somebody && address != AddressFrom.NONE) {
            throw new IllegalArgumentException(
                    "listener.proxy.address is set, but listener.proxy.trusted names nobody");
        }
        if (!somebody && certificate != CertificateFrom.NONE) {
            throw new IllegalArgumentException(
                    "listener.proxy.certificate is set, but listener.proxy.trusted names nobody");
        }
    }

    /** Whether there are such proxies at all. */
    boolean trustsSomebody() {
        return !TrustedProxies.parse(trusted).isEmpty();
    }
}
