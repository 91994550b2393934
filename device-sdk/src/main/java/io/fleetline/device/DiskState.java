package io.fleetline.device;

/** How the outbox gets on with its disk. */
public enum DiskState {
    /** It has none: the mode is {@link OutboxMode#MEMORY}. */
    NOT_USED,
    /** The disk takes what it should. */
    WORKING,
    /**
     * The disk took nothing more, being full or broken. What is published now stays in memory, and may be sent from there;
     * what was on disk stays there. The outbox tries again by itself.
     */
    WRITING_FAILED,
    /**
     * The disk could not be used at opening. What is published stays in memory, in a store of its own; what the disk holds
     * from before waits for an opening that can use it.
     */
    UNUSABLE
}
