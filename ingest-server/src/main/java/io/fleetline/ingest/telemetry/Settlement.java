package io.fleetline.ingest.telemetry;

/** Hears, on whatever thread, what became of the records that it is waiting for. */
public interface Settlement {
    /**
     * The record is stored, as safely as Kafka can.
     *
     * @param slot which record; the number that it was handed over with
     * @param partition where it is
     * @param offset where it is; negative if Kafka does not know
     */
    void stored(long slot, int partition, long offset);

    /** The record may be stored or not; nobody knows. */
    void failed(long slot, Exception cause);
}
