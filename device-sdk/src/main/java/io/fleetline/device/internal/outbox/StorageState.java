package io.fleetline.device.internal.outbox;

/**
 * Where an outbox keeps new items now.
 *
 * <pre>
 *   MEMORY            as configured, for good
 *   BUFFERED          as configured   ⇄ WRITING_FAILED
 *   DURABLE           as configured   ⇄ WRITING_FAILED
 *   DISK_UNUSABLE     could not write at opening, until the next opening
 * </pre>
 */
public enum StorageState {
    /** In memory, as configured. */
    MEMORY,
    /** In memory first, as configured. */
    BUFFERED,
    /** On disk before it is sent, as configured. */
    DURABLE,
    /**
     * The disk took nothing more, being full or broken: new items stay in memory and may be sent from there, and what
     * must be on disk first waits until writing works again.
     */
    WRITING_FAILED,
    /**
     * The disk took nothing at opening: this process keeps its items in memory, in a store of its own, and what the disk
     * holds waits for the next opening.
     */
    DISK_UNUSABLE;

    /** How an item appended in this state is kept. */
    public OutboxMode keeps() {
        return switch (this) {
            case MEMORY, DISK_UNUSABLE -> OutboxMode.MEMORY;
            case BUFFERED, WRITING_FAILED -> OutboxMode.BUFFERED;
            case DURABLE -> OutboxMode.DURABLE;
        };
    }
}
