package io.fleetline.device.internal.connection;

import io.fleetline.protocol.ServerFrame;

/** What happens to a {@link ConnectionMachine}. */
sealed interface Input {
    /** The application starts the client. */
    record Start() implements Input {}

    /** The application closes the client: what is left is to be sent by then, and it ends in any case. */
    record Close(long deadlineNanos) implements Input {}

    /** The proof that was asked for, and when it ends; {@link Long#MAX_VALUE} for never. */
    record Granted(Proof proof, long endsAtNanos) implements Input {}

    /** There is no proof to be had now. */
    record NotGranted(String why) implements Input {}

    /** The link is open. */
    record Opened() implements Input {}

    /** A frame came. */
    record Received(ServerFrame frame) implements Input {}

    /** The link has ended. */
    record Ended(Ending ending) implements Input {}

    /** Time has passed, or something else may have changed that the machine looks at itself. */
    record TimePassed() implements Input {}
}
