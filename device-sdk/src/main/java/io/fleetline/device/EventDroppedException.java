package io.fleetline.device;

import io.fleetline.protocol.GapReason;
import io.fleetline.protocol.RejectCode;
import java.util.Optional;

/**
 * The end of a receipt of an event that will not be stored. Its number became a gap, so that readers know. It has no stack
 * trace, for it is thrown by nobody.
 */
public final class EventDroppedException extends FleetlineException {
    private static final long serialVersionUID = 1L;

    private final GapReason reason;
    private final transient Optional<RejectCode> rejectCode;

    EventDroppedException(GapReason reason, Optional<RejectCode> rejectCode, String message) {
        super(message, false);
        this.reason = reason;
        this.rejectCode = rejectCode;
    }

    /** Why the device dropped it. */
    public GapReason reason() {
        return reason;
    }

    /** Why the node refused it, if that was the reason. */
    public Optional<RejectCode> rejectCode() {
        return rejectCode;
    }
}
