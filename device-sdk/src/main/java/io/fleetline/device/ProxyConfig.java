package io.fleetline.device;

import java.util.Optional;

/**
 * An HTTP proxy to connect through, by a tunnel (CONNECT, RFC 9110 section 9.3.6): what passes through it stays encrypted
 * between device and node. Names of nodes are looked up by the proxy.
 *
 * @param host the proxy's name or address
 * @param port its port, 1 to 65,535
 * @param login what to show to the proxy (RFC 7617), if it wants to know
 */
public record ProxyConfig(String host, int port, Optional<Login> login) {
    /** @throws IllegalArgumentException naming the key, if a part is not of its form */
    public ProxyConfig {
        Checks.printable("proxy.host", host, 255);
        Checks.range("proxy.port", port, 1, 65_535);
    }

    /** A proxy that asks for nothing. */
    public static ProxyConfig of(String host, int port) {
        return new ProxyConfig(host, port, Optional.empty());
    }

    /**
     * This with a login.
     *
     * @throws IllegalArgumentException as {@link Login}
     */
    public ProxyConfig login(String user, String password) {
        return new ProxyConfig(host, port, Optional.of(new Login(user, password)));
    }

    /**
     * A login.
     *
     * @param user up to 255 characters without a colon
     * @param password up to 255 characters
     */
    public record Login(String user, String password) {
        /** @throws IllegalArgumentException naming the key, if a part is not of its form */
        public Login {
            Checks.printable("proxy.user", user, 255);
            Checks.printableOrEmpty("proxy.password", password, 255);
            if (user.indexOf(':') >= 0) {
                throw new IllegalArgumentException("proxy.user has a colon, which Basic credentials have no room for");
            }
        }

        /** Without the password. */
        @Override
        public String toString() {
            return "Login[" + user + "]";
        }
    }
}
