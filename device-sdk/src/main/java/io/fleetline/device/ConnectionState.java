package io.fleetline.device;

/**
 * How a client stands with its nodes.
 *
 * <pre>
 *           start            welcome             close
 *   CREATED ─────► CONNECTING ─────► CONNECTED ─────────► CLOSING ───► CLOSED
 *                   ▲      │             │                  ▲
 *            it is  │      │ failed      │ lost             │ close, in any state
 *            time   │      ▼             ▼
 *                   └──── WAITING or HELD_OFF
 * </pre>
 */
public enum ConnectionState {
    /** Built, not started. Events can be published already; they wait in the outbox. */
    CREATED,
    /** Looking up, dialling, shaking hands, greeting. */
    CONNECTING,
    /** A node has welcomed the device. */
    CONNECTED,
    /** Not connected; the next attempt follows within a minute or so. */
    WAITING,
    /**
     * Not connected, and somebody has to mend something: the credential, the device's entry in the registry, the
     * endpoint, a certificate. The next attempt follows in 5 to 60 minutes.
     */
    HELD_OFF,
    /** {@code close} was called; what is in the outbox is being sent as long as time allows. */
    CLOSING,
    /** Ended. */
    CLOSED
}
