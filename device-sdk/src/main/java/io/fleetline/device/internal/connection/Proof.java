package io.fleetline.device.internal.connection;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a device shows to a node to prove who it is.
 *
 * @param header what stands in the {@code Authorization} header; empty where the TLS client certificate says it all
 * @param endsAtMillis when it ends, in Unix ms, if that is known
 */
public record Proof(Optional<String> header, OptionalLong endsAtMillis) {
    /** Nothing in the handshake: the certificate says who it is. */
    public static final Proof BY_CERTIFICATE = new Proof(Optional.empty(), OptionalLong.empty());

    /** An HTTP header that is good until it is refused. */
    public static Proof of(String header) {
        return new Proof(Optional.of(header), OptionalLong.empty());
    }

    /** An HTTP header that is good for a time. */
    public static Proof until(String header, long endsAtMillis) {
        return new Proof(Optional.of(header), OptionalLong.of(endsAtMillis));
    }

    /** Without the credential: this text may reach a log. */
    @Override
    public String toString() {
        return "Proof[…]";
    }
}
