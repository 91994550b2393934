package io.fleetline.ingest.identity;

import io.fleetline.protocol.DeviceId;

/** What became of an attempt to say who is calling. */
public sealed interface Verdict {
    /**
     * The device is who it says.
     *
     * @param device which device
     * @param expiresMillis when that ends, Unix time in ms; 0 means never
     * @param grant what it came with, by which the node tells later whether it still may
     */
    record Accepted(DeviceId device, long expiresMillis, Grant grant) implements Verdict {}

    /**
     * The device is not let in.
     *
     * @param reason why
     * @param claimed whom it claimed to be, as far as that could be read, for the operator and for counting attempts;
     *     otherwise empty
     * @param detail what exactly was wrong, for the operator only
     */
    record Refused(Reason reason, String claimed, String detail) implements Verdict {}

    /** Why a device is not let in. */
    enum Reason {
        /** No credential was given. */
        NO_CREDENTIAL,
        /** What was given cannot be read as a credential of a kind that this node takes. */
        MALFORMED,
        /** The device is unknown, or the credential is wrong; nobody outside is told which. */
        WRONG,
        /** The credential is right, and the device or its tenant is disabled. */
        DISABLED,
        /** Whether it is right will be known soon: the keys of its issuer are being fetched. */
        NOT_YET
    }
}
