package io.fleetline.device.internal.connection;

/**
 * Where one device's connection stands.
 *
 * <pre>
 *           start              granted            opened             welcome             drain
 *   CREATED ─────► PREPARING ──────────► DIALLING ───────► GREETING ─────────► CONNECTED ─────► LEAVING
 *                   ▲    │                 │                 │                 │  │             │
 *              time │    │ not granted     │ ended           │ ended, late     │  │ hung up     │ hung up
 *                   │    ▼                 ▼                 ▼                 │  ▼             ▼
 *                   └─ WAITING ◄───────────────────────────────────────────────┴ ENDING ────────┘
 *
 *   closed by the application: from CREATED, WAITING and PREPARING at once, otherwise by way of ENDING, to CLOSED
 * </pre>
 */
public enum Phase {
    /** Not started. */
    CREATED,
    /** Until the next attempt. */
    WAITING,
    /** A credential is being fetched, read or signed. */
    PREPARING,
    /** From the name's lookup to the answer to the handshake. */
    DIALLING,
    /** {@code hello} is sent, or about to be. */
    GREETING,
    /** The node's welcome came; lanes are open or can be. */
    CONNECTED,
    /** The node drains, and the moment to leave has come: nothing more is sent, acknowledgements are waited for. */
    LEAVING,
    /** The device has hung up; the link's end is waited for. */
    ENDING,
    /** Over, for good. */
    CLOSED
}
