package io.fleetline.device.internal.outbox;

/** How an item is kept until the node has acknowledged it, and so what a power cut or a killed process costs. */
public enum OutboxMode {
    /** In memory alone: what was not acknowledged is lost with the process. */
    MEMORY,
    /**
     * In memory first, on disk once the acknowledgement takes long, memory runs short or the outbox closes: a power cut
     * costs what was not acknowledged and not yet on disk.
     */
    BUFFERED,
    /** On disk, forced, before it is first sent: a power cut costs what was appended in the last 20 ms. */
    DURABLE
}
