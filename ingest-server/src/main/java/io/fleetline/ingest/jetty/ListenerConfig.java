package io.fleetline.ingest.jetty;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * Where devices connect, and what may be done before they are known.
 *
 * @param host the address to listen on; every address of the machine if it is {@code 0.0.0.0} or {@code ::}
 * @param port the port, 0 for a free one
 * @param tls certificate and key; without them plain WebSocket is spoken, which only a loopback address may, or a node to which
 *     only its trusted proxies are let
 * @param proxy proxies that stand before the node
 * @param maxConnections how many devices may be connected at once; 0 for as many as heap and descriptors have room for
 * @param connectionsPerSource how many of these may come from one address; 0 for no limit, as behind a proxy that hides them
 * @param maxHandshakes how many connections may be between accept and upgrade; the rest wait in the operating system
 * @param acceptsPerSecond how many connections are accepted a second; the rest wait in the operating system; 0 for no limit
 * @param handshakeTimeout from accepting a connection to the upgrade, however busily the peer trickles bytes
 * @param requestHeadBytes the largest HTTP request head
 * @param badCredentialsPerDevice how often a minute one source may come with a bad credential for one device; 0 for no limit
 * @param badCredentialsPerSource how often a minute one source may come with a bad credential at all; 0 for no limit
 * @param connectsPerDevice how often a minute one device may connect before it is held off for five; 0 for no limit
 * @param outgoingFrames how many frames may wait for a slow peer
 * @param outgoingBytes how many bytes may wait for a slow peer
 * @param writeTimeout how long one write may be stalled
 */
public record ListenerConfig(
        String host,
        int port,
        Optional<Tls> tls,
        ProxyConfig proxy,
        int maxConnections,
        int connectionsPerSource,
        int maxHandshakes,
        int acceptsPerSecond,
        Duration handshakeTimeout,
        int requestHeadBytes,
        int badCredentialsPerDevice,
        int badCredentialsPerSource,
        int connectsPerDevice,
        int outgoingFrames,
        int outgoingBytes,
        Duration writeTimeout) {
    /**
     * Certificate and key of the node.
     *
     * @param certificates PEM file with the certificate chain, the node's own first
     * @param key PEM file with the private key, PKCS #8, not encrypted
     * @param allowTls12 lets devices come with TLS 1.2 too, with ephemeral keys and authenticated encryption only
     */
    public record Tls(Path certificates, Path key, boolean allowTls12) {
        /**
         * Checks that both files are named.
         *
         * @throws IllegalArgumentException naming the setting
         */
        public Tls {
            if (certificates.toString().isEmpty() || key.toString().isEmpty()) {
                throw new IllegalArgumentException(
                        "listener.tls needs both listener.tls.certificates and listener.tls.key");
            }
        }
    }

    /** More than a machine has. */
    private static final int MOST_CONNECTIONS = 10_000_000;

    private static final int MOST_HANDSHAKES = 1_000_000;

    /** Plain WebSocket for this machine only; a certificate opens the rest of the world. */
    public static final ListenerConfig DEFAULTS = new ListenerConfig(
            "127.0.0.1",
            8443,
            Optional.empty(),
            ProxyConfig.NONE,
            0,
            200,
            1_000,
            100 * Runtime.getRuntime().availableProcessors(),
            Duration.ofSeconds(15),
            8 * 1024,
            5,
            50,
            15,
            64,
            256 * 1024,
            Duration.ofSeconds(20));

    /**
     * Checks each setting and how they stand to one another.
     *
     * @throws IllegalArgumentException naming the setting
     */
    public ListenerConfig {
        require("port", port, 0, 65_535);
        require("maxConnections", maxConnections, 0, MOST_CONNECTIONS);
        require("connectionsPerSource", connectionsPerSource, 0, MOST_CONNECTIONS);
        require("maxHandshakes", maxHandshakes, 1, MOST_HANDSHAKES);
        require("acceptsPerSecond", acceptsPerSecond, 0, 1_000_000);
        require("handshakeTimeout in ms", handshakeTimeout.toMillis(), 100, 300_000);
        require("requestHeadBytes", requestHeadBytes, 1_024, 64 * 1024);
        require("badCredentialsPerDevice", badCredentialsPerDevice, 0, 1_000_000);
        require("badCredentialsPerSource", badCredentialsPerSource, 0, 1_000_000);
        require("connectsPerDevice", connectsPerDevice, 0, 1_000_000);
        require("outgoingFrames", outgoingFrames, 4, 1_000_000);
        require("outgoingBytes", outgoingBytes, 64 * 1024, Integer.MAX_VALUE);
        require("writeTimeout in ms", writeTimeout.toMillis(), 100, 300_000);
        if (tls.isEmpty() && !isLoopback(host) && !proxy.trustsSomebody()) {
            throw new IllegalArgumentException("listener.tls is missing, and listener.host " + host
                    + " is not a loopback address: secrets would cross the network in the clear; if a proxy ends TLS,"
                    + " name its network in listener.proxy.trusted");
        }
    }

    /** These settings on another address. */
    public ListenerConfig at(String newHost, int newPort, Optional<Tls> newTls) {
        return new ListenerConfig(
                newHost,
                newPort,
                newTls,
                proxy,
                maxConnections,
                connectionsPerSource,
                maxHandshakes,
                acceptsPerSecond,
                handshakeTimeout,
                requestHeadBytes,
                badCredentialsPerDevice,
                badCredentialsPerSource,
                connectsPerDevice,
                outgoingFrames,
                outgoingBytes,
                writeTimeout);
    }

    /** These settings behind other proxies. */
    public ListenerConfig withProxy(ProxyConfig other) {
        return new ListenerConfig(
                host,
                port,
                tls,
                other,
                maxConnections,
                connectionsPerSource,
                maxHandshakes,
                acceptsPerSecond,
                handshakeTimeout,
                requestHeadBytes,
                badCredentialsPerDevice,
                badCredentialsPerSource,
                connectsPerDevice,
                outgoingFrames,
                outgoingBytes,
                writeTimeout);
    }

    /** Whether nobody but trusted proxies is let in: they end TLS, and the address can be reached by others. */
    boolean isProxiesOnly() {
        return tls.isEmpty() && !isLoopback();
    }

    /** These settings for many devices from one address that all come at once, as in measurements. */
    public ListenerConfig withoutAdmissionLimits() {
        return new ListenerConfig(
                host,
                port,
                tls,
                proxy,
                MOST_CONNECTIONS,
                0,
                MOST_HANDSHAKES,
                0,
                handshakeTimeout,
                requestHeadBytes,
                0,
                0,
                0,
                outgoingFrames,
                outgoingBytes,
                writeTimeout);
    }

    /** These settings with another number of connections. */
    public ListenerConfig withMaxConnections(int most) {
        return new ListenerConfig(
                host,
                port,
                tls,
                proxy,
                most,
                connectionsPerSource,
                maxHandshakes,
                acceptsPerSecond,
                handshakeTimeout,
                requestHeadBytes,
                badCredentialsPerDevice,
                badCredentialsPerSource,
                connectsPerDevice,
                outgoingFrames,
                outgoingBytes,
                writeTimeout);
    }

    /** Whether only this machine can connect. */
    boolean isLoopback() {
        return isLoopback(host);
    }

    private static boolean isLoopback(String host) {
        try {
            for (InetAddress address : InetAddress.getAllByName(host)) {
                if (!address.isLoopbackAddress()) {
                    return false;
                }
            }
            return true;
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("listener.host " + host + " is no address", e);
        }
    }

    private static void require(String key, long value, long least, long most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(
                    "listener." + key + " is " + value + ", not within " + least + " to " + most);
        }
    }
}
