package io.fleetline.device;

/** Why a connection, or the attempt to make one, ended. */
public enum DisconnectReason {
    /** There was no credential to show: its file could not be read, or whoever supplies it failed. */
    NO_CREDENTIAL,
    /** No node could be reached: the name is unknown, the port closed, the network away, or nobody answered in time. */
    UNREACHABLE,
    /** The connection broke without a word. */
    LOST,
    /** The node was silent for two heartbeats. */
    SILENT,
    /** The node ended the connection in good order, goes away or restarts (close codes 1000, 1001, 1012). */
    NODE_GOING_AWAY,
    /** The node asked to be left, and the device did so. */
    DRAINED,
    /** The node failed (1011, HTTP 500 and other unexpected answers of that kind). */
    NODE_FAILED,
    /** The node is full, starting, draining or without Kafka (1013, HTTP 503). */
    NODE_BUSY,
    /** The device came too often (HTTP 429). */
    THROTTLED,
    /** The node saw the device break the protocol (1002, 1003, 1007, 1009, 4400). */
    REFUSED_FRAME,
    /** The node broke the protocol, and the device ended the connection. */
    BROKEN_PEER,
    /** The credential is wrong, or the device unknown (HTTP 401). */
    BAD_CREDENTIAL,
    /** The credential's time was over (4401). */
    CREDENTIAL_EXPIRED,
    /** The device is disabled or its credential revoked (4403, HTTP 403). */
    DISABLED,
    /** The node had heard nothing from the device for too long (4408). */
    TIMED_OUT,
    /** A newer connection of the same identity took over (4409). */
    TAKEN_OVER,
    /** The device sent too many frames that carry no events (4429). */
    FLOODING,
    /**
     * TLS failed: the node's certificate is not from a trusted authority, is not for this name, or has expired; or the node
     * does not take the device's certificate.
     */
    UNTRUSTED_NODE,
    /**
     * Something answered that is not a Fleetline node, or not this version (a redirect, HTTP 400, 404, 405, 426, 431), or a
     * proxy that makes no tunnel (HTTP 403, 407).
     */
    WRONG_ENDPOINT,
    /** The application closed the client. */
    CLOSED
}
