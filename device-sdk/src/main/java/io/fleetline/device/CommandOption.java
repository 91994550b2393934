package io.fleetline.device;

/** What the client should know about a command's handler. */
public enum CommandOption {
    /**
     * Running it twice does no harm. If the device goes down while the handler runs, it is run again at the next start;
     * without this option such a command's outcome is INDETERMINATE.
     */
    IDEMPOTENT
}
