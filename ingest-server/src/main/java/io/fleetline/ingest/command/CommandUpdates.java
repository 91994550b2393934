package io.fleetline.ingest.command;

import io.fleetline.protocol.CommandState;
import io.fleetline.protocol.DeviceId;

/** Where the node writes down what it did with a command. */
public interface CommandUpdates {
    /** Writes a state down; a failure is logged and no more, as the outcome is what counts. */
    void write(DeviceId device, String commandId, CommandState state);
}
