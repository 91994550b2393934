package io.fleetline.ingest.identity;

import io.fleetline.protocol.DeviceId;

/** What became of an attempt to say who is calling. */
public sealed interface Verdict {
    /**
     * The device is who it says.
     *
     * @param device which device
     * @param expiresMillis when the credential ends, Unix time in ms; 0 means never
     */
    record Accepted(DeviceId device, long expiresMillis) implements Verdict {}

    /**
     * The device is not let in.
     *
     * @param reason why
     * @param claimed whom it claimed to be, as far as that could be read, for the operator and for counting attempts;
     *     otherwise empty
     */
    record Refused(Reason reason, String claimed) implements Verdict {}

    /** Why a device is not let in. */
    enum Reason {
        /** No credential was given. */
        NO_CREDENTIAL,
        /** What was given cannot be read as a credential of a kind that this node takes. */
        MALFORMED,
        /** The device is unknown, or the secret is wrong; nobody outside is told which. */
        WRONG,
        /** The credential is right, and the device is disabled. */
        DISABLED
    }
}
