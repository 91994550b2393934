package io.fleetline.device;

/** What the outbox keeps where, and so what a power cut can cost. */
public enum OutboxMode {
    /**
     * Every event is on disk before it is first sent (within 20 ms, many together). A power cut or crash costs at most
     * what was published in the last 20 ms and never reached a node; what has a receipt is never lost.
     */
    DURABLE,
    /**
     * Events stay in memory as long as acknowledgements come in time, and go to disk when they do not. A power cut or
     * crash can cost what was published and neither acknowledged nor written; what has a receipt is never lost.
     */
    BUFFERED,
    /**
     * Events stay in memory. A power cut, a crash or an end of the process costs what is not acknowledged; what has a
     * receipt is never lost.
     */
    MEMORY
}
