package io.fleetline.ingest.admin;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where operators and their tools reach the node.
 *
 * @param host the address to listen on
 * @param port the port, 0 for a free one
 * @param tokens file with the tokens of those who may come; made with one token for each role if it does not exist; without it
 *     there is no admin API
 * @param acceptPlain lets {@code host} be another than a loopback address although tokens then cross the network in the clear:
 *     for a network that nobody else is on
 */
public record AdminConfig(String host, int port, Optional<Path> tokens, boolean acceptPlain) {
    /** For this machine only, and off as long as no file for tokens is named. */
    public static final AdminConfig DEFAULTS = new AdminConfig("127.0.0.1", 8081, Optional.empty(), false);

    /**
     * Checks each setting and how they stand to one another.
     *
     * @throws IllegalArgumentException naming the setting
     */
    public AdminConfig {
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("admin.port is " + port + ", not within 0 to 65535");
        }
        if (!acceptPlain && !isLoopback(host)) {
            throw new IllegalArgumentException("admin.host is " + host
                    + ", not a loopback address: tokens would cross the network in the clear; put a proxy with TLS in"
                    + " front, or set admin.acceptPlain");
        }
    }

    private static boolean isLoopback(String host) {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("admin.host " + host + " is no address", e);
        }
    }
}
