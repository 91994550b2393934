package io.fleetline.device.internal.transport;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How connections are made. Clients with the same settings share a transport.
 *
 * @param trusted a PEM file with the authorities to trust, in place of those that the JDK trusts
 * @param clientKey what to prove with TLS who the device is
 * @param proxy what to connect through
 */
public record TransportSettings(Optional<Path> trusted, Optional<ClientKey> clientKey, Optional<Proxy> proxy) {
    /** A key and the certificates that speak for it. */
    public sealed interface ClientKey {
        /** The files that they are in. */
        List<Path> files();

        /** PEM files (RFC 7468), the chain with the device's own certificate first. */
        record Pem(Path chain, Path key) implements ClientKey {
            @Override
            public List<Path> files() {
                return List.of(chain, key);
            }
        }

        /** A key store (RFC 7292) with one key. */
        record Pkcs12(Path file, String password) implements ClientKey {
            @Override
            public List<Path> files() {
                return List.of(file);
            }

            /** Without the password. */
            @Override
            public String toString() {
                return "Pkcs12[" + file + "]";
            }
        }
    }

    /** An HTTP proxy that makes tunnels (RFC 9110 section 9.3.6), and what to log in with (RFC 7617). */
    public record Proxy(String host, int port, Optional<Login> login) {
        /** A name and its password. */
        public record Login(String user, String password) {
            /** Without the password. */
            @Override
            public String toString() {
                return "Login[" + user + "]";
            }
        }
    }

    /** All files that this names. */
    List<Path> files() {
        List<Path> files = new ArrayList<>();
        trusted.ifPresent(files::add);
        clientKey.ifPresent(key -> files.addAll(key.files()));
        return files;
    }
}
