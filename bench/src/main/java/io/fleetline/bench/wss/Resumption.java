package io.fleetline.bench.wss;

/** How TLS handshakes are made. */
public enum Resumption {
    /** Each with certificate and signature, as by a device that was never here. */
    NEVER,
    /** With the session of an earlier one, once there is one, as by a device that comes back. */
    ALWAYS
}
