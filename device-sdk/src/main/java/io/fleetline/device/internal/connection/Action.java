package io.fleetline.device.internal.connection;

import io.fleetline.protocol.CloseReason;
import io.fleetline.protocol.Lane;
import io.fleetline.protocol.RejectCode;
import io.fleetline.protocol.ServerFrame;
import io.fleetline.protocol.ServerFrame.StoredAt;
import java.net.URI;
import java.util.Optional;

/** What a {@link ConnectionMachine} wants done, in order. */
sealed interface Action {
    /** Get a proof to show; another than before if that one was refused or is about to end. */
    record Obtain(boolean another) implements Action {}

    /** Make a new link. */
    record Dial(URI endpoint, Proof proof) implements Action {}

    /** End the link in good order. */
    record HangUp(CloseReason reason, String text) implements Action {}

    /** End the link at once; nothing that it says counts any more. */
    record Abort() implements Action {}

    /** The node has stored the lane's items up to this number. */
    record Settle(Lane lane, long upTo, Optional<StoredAt> storedAt) implements Action {}

    /** The node will never store this item. */
    record Refuse(Lane lane, long seq, RejectCode code, String message) implements Action {}

    /** The node asks for something to be done. */
    record Run(ServerFrame.Command command) implements Action {}

    /** The node has told its time, having been asked at a certain moment. */
    record HearTime(long nodeMillis, long askedNanos) implements Action {}
}
