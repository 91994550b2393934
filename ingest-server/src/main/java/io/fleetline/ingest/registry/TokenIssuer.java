package io.fleetline.ingest.registry;

import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Whose tokens a tenant trusts for its devices.
 *
 * @param issuer what a token's {@code iss} has to be, exactly
 * @param jwks where the issuer's keys are to be had (RFC 7517 section 5); https, or http on a loopback name
 * @param keys the issuer's keys, where they are not to be fetched
 */
public record TokenIssuer(String issuer, Optional<URI> jwks, List<DeviceKey> keys) {
    private static final int MAX_CHARS = 512;
    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

    /**
     * Keeps its own copy of the list.
     *
     * @throws IllegalArgumentException naming what is wrong
     */
    public TokenIssuer {
        keys = List.copyOf(keys);
        if (issuer.isBlank() || issuer.length() > MAX_CHARS) {
            throw new IllegalArgumentException(
                    "an issuer has " + issuer.length() + " characters, not 1 to " + MAX_CHARS);
        }
        if (jwks.isPresent() != keys.isEmpty()) {
            throw new IllegalArgumentException("issuer " + issuer + " needs either jwks or keys");
        }
        jwks.ifPresent(TokenIssuer::requireSafe);
    }

    private static void requireSafe(URI uri) {
        String scheme = String.valueOf(uri.getScheme());
        String host = String.valueOf(uri.getHost());
        if (!scheme.equals("https") && !(scheme.equals("http") && LOOPBACK.contains(host))) {
            throw new IllegalArgumentException(
                    "jwks " + uri + " is neither https nor on this machine: anyone on the way could give keys");
        }
    }
}
