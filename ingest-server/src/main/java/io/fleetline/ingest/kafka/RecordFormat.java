package io.fleetline.ingest.kafka;

import io.fleetline.protocol.cbor.BodyCodec;

/**
 * How events look in Kafka. All nodes of a cluster are to have the same: a device that moves from one node to another goes on
 * in the same topic.
 *
 * @param values what the value of an event is
 * @param headers which headers a record has
 */
public record RecordFormat(Values values, Headers headers) {
    /** What the value of an event is. Outcomes of commands and dead letters keep their bytes in any case. */
    public enum Values {
        /** The body's bytes as the device sent them. */
        CBOR,
        /**
         * The body as JSON ({@link BodyCodec#toJsonBytes}), with the header {@code content-type: application/json}. A body that
         * the device itself declared to be something else than CBOR stays as it is.
         */
        JSON
    }

    /** Which headers a record has. */
    public enum Headers {
        /** Those that the stream filter needs, and what the device said. */
        COMPACT,
        /** The same, and the position once more as text for tools that do not read CBOR: {@link ReadableHeaders}. */
        READABLE
    }

    /** Bytes as they come, and no header twice. */
    public static final RecordFormat DEFAULTS = new RecordFormat(Values.CBOR, Headers.COMPACT);

    /** How many bytes of the producer's memory are set aside for each byte that a device sends; most bodies need less. */
    private static final int JSON_BUFFER_BYTES_PER_BYTE = 4;

    /** How many of the node's bytes may be under way, if the producer may hold so many. */
    public long intakeBudget(long producerBytes) {
        return values == Values.JSON ? producerBytes / JSON_BUFFER_BYTES_PER_BYTE : producerBytes;
    }

    /** How large the value of an event may become whose item has so many bytes. */
    int largestValue(int itemBytes) {
        return values == Values.JSON ? Math.multiplyExact(itemBytes, BodyCodec.MAX_JSON_BYTES_PER_BYTE) : itemBytes;
    }
}
