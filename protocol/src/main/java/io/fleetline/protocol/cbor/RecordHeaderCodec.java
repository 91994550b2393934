package io.fleetline.protocol.cbor;

import io.fleetline.protocol.ClockQuality;
import io.fleetline.protocol.GapReason;
import io.fleetline.protocol.Item;
import io.fleetline.protocol.Lane;
import io.fleetline.protocol.RecordHeaders;
import io.fleetline.protocol.RecordPosition;
import java.util.OptionalLong;

/**
 * The two headers of Kafka records that are CBOR: {@link RecordHeaders#POSITION}, an array
 * {@code [version, lane, store, run, order, first, seq, acked, time, clock quality, ? before]}, and
 * {@link RecordHeaders#GAP}, an array {@code [to, reason]}. Elements past those that this version knows are ignored.
 * Thread-safe.
 */
public final class RecordHeaderCodec {
    private static final int POSITION_ELEMENTS = 10;
    private static final int GAP_ELEMENTS = 2;

    private RecordHeaderCodec() {}

    /** The header {@link RecordHeaders#POSITION}. */
    public static byte[] encode(RecordPosition position) {
        OptionalLong before = position.before();
        int bytes = 4
                + CborSize.head(position.store())
                + CborSize.head(position.run())
                + CborSize.head(position.order())
                + CborSize.head(position.first())
                + CborSize.head(position.seq())
                + CborSize.head(position.acked())
                + CborSize.head(position.timeMillis())
                + (before.isPresent() ? CborSize.head(before.getAsLong()) : 0);
        CborWriter writer = new CborWriter(bytes)
                .array(before.isPresent() ? POSITION_ELEMENTS + 1 : POSITION_ELEMENTS)
                .number(RecordPosition.VERSION)
                .number(position.lane().number())
                .number(position.store())
                .number(position.run())
                .number(position.order())
                .number(position.first())
                .number(position.seq())
                .number(position.acked())
                .number(position.timeMillis())
                .number(position.clockQuality().code());
        if (before.isPresent()) {
            writer.number(before.getAsLong());
        }
        return writer.bytes();
    }

    /**
     * Reads the header {@link RecordHeaders#POSITION}.
     *
     * @throws RecordHeaderException if it is unreadable or of an unknown version
     */
    public static RecordPosition decodePosition(byte[] header) throws RecordHeaderException {
        Cursor cursor = new Cursor();
        cursor.begin(header, 0, header.length);
        try {
            int elements = cursor.array(RecordHeaders.POSITION, 1);
            long version = cursor.number("version");
            if (version != RecordPosition.VERSION) {
                throw new RecordHeaderException(
                        RecordHeaderException.Kind.UNKNOWN_VERSION,
                        "header " + RecordHeaders.POSITION + " is of version " + version + ", and this release reads "
                                + RecordPosition.VERSION);
            }
            require(RecordHeaders.POSITION, elements, POSITION_ELEMENTS);
            RecordPosition position = new RecordPosition(
                    Lane.of(cursor.number("lane")),
                    cursor.number("store"),
                    cursor.number("run"),
                    cursor.number("order"),
                    cursor.number("first"),
                    cursor.number("seq"),
                    cursor.number("acked"),
                    cursor.number("time"),
                    ClockQuality.of(cursor.number("clock quality")),
                    elements > POSITION_ELEMENTS ? OptionalLong.of(cursor.number("before")) : OptionalLong.empty());
            cursor.skip(elements - POSITION_ELEMENTS - 1);
            cursor.end();
            return position;
        } catch (FrameException | IllegalArgumentException e) {
            throw unreadable(RecordHeaders.POSITION, e);
        }
    }

    /** The header {@link RecordHeaders#GAP}. */
    public static byte[] encode(Item.Gap gap) {
        return new CborWriter(2 + CborSize.head(gap.to()))
                .array(GAP_ELEMENTS)
                .number(gap.to())
                .number(gap.reason().code())
                .bytes();
    }

    /**
     * Reads the header {@link RecordHeaders#GAP}.
     *
     * @throws RecordHeaderException if it is unreadable
     */
    public static Item.Gap decodeGap(byte[] header) throws RecordHeaderException {
        Cursor cursor = new Cursor();
        cursor.begin(header, 0, header.length);
        try {
            int elements = cursor.array(RecordHeaders.GAP, GAP_ELEMENTS);
            Item.Gap gap = new Item.Gap(cursor.number("end of gap"), GapReason.of(cursor.number("gap reason")));
            cursor.skip(elements - GAP_ELEMENTS);
            cursor.end();
            return gap;
        } catch (FrameException | IllegalArgumentException e) {
            throw unreadable(RecordHeaders.GAP, e);
        }
    }

    private static void require(String header, int elements, int least) throws RecordHeaderException {
        if (elements < least) {
            throw new RecordHeaderException(
                    RecordHeaderException.Kind.UNREADABLE,
                    "header " + header + " has " + elements + " elements, not at least " + least);
        }
    }

    private static RecordHeaderException unreadable(String header, Exception cause) {
        return new RecordHeaderException(
                RecordHeaderException.Kind.UNREADABLE, "header " + header + ": " + cause.getMessage());
    }
}
