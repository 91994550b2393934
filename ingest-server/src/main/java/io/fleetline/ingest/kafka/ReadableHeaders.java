package io.fleetline.ingest.kafka;

import io.fleetline.protocol.Item;
import io.fleetline.protocol.RecordPosition;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;

/** What stands in the headers {@code fl} and {@code gap}, as text: for kcat, ksqlDB and people. */
final class ReadableHeaders {
    /** When it happened by the device's clock, ISO 8601 in UTC; not in a gap. */
    static final String TIME = "fl-time";
    /** How far that clock can be trusted; not in a gap. */
    static final String CLOCK = "fl-clock";

    static final String LANE = "fl-lane";
    /** Hexadecimal; with lane and run it names the stream. */
    static final String STORE = "fl-store";

    static final String RUN = "fl-run";
    static final String SEQ = "fl-seq";
    /** Only in a gap: the last number that the device gave up. */
    static final String GAP_TO = "fl-gap-to";
    /** Only in a gap: why. */
    static final String GAP_REASON = "fl-gap-reason";

    private ReadableHeaders() {}

    static void add(List<Header> headers, RecordPosition position, Item item) {
        if (item instanceof Item.Gap gap) {
            headers.add(text(GAP_TO, Long.toString(gap.to())));
            headers.add(text(GAP_REASON, word(gap.reason())));
        } else {
            headers.add(text(TIME, Instant.ofEpochMilli(position.timeMillis()).toString()));
            headers.add(text(CLOCK, word(position.clockQuality())));
        }
        headers.add(text(LANE, word(position.lane())));
        headers.add(text(STORE, Long.toHexString(position.store())));
        headers.add(text(RUN, Long.toHexString(position.run())));
        headers.add(text(SEQ, Long.toString(position.seq())));
    }

    private static Header text(String name, String text) {
        return new RecordHeader(name, text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
