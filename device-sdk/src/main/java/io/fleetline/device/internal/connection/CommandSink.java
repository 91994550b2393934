package io.fleetline.device.internal.connection;

import io.fleetline.protocol.ServerFrame;

/** Where commands go. Called by the loop's thread. */
public interface CommandSink {
    /** A command came. */
    void received(ServerFrame.Command command, long nowNanos);

    /** A node has told the time. */
    void timeIsKnown();

    /** Whether a command is being run, so that an outcome is still to come. */
    boolean isBusy();
}
