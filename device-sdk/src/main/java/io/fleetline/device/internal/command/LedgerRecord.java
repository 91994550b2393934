package io.fleetline.device.internal.command;

import io.fleetline.device.internal.command.CommandLedger.Received;
import io.fleetline.device.internal.command.LedgerContents.Ended;
import io.fleetline.device.internal.log.Replay;
import io.fleetline.device.internal.log.SegmentLog;
import io.fleetline.device.internal.log.Varint;
import io.fleetline.protocol.Item;
import io.fleetline.protocol.ServerFrame;
import io.fleetline.protocol.cbor.FrameDecoder;
import io.fleetline.protocol.cbor.FrameEncoder;
import io.fleetline.protocol.cbor.FrameException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A record of the ledger in its log. Numbers are varints; times that are the ledger's own count the milliseconds for which
 * a process had it open, so that a clock that jumps makes it forget nothing.
 *
 * <pre>
 *   0x10   received   when by the node's clock (Unix time in ms), how often started, the command's frame
 *   0x11   done       when by the ledger's clock, the outcome as an item: to be told
 *   0x12   told       the same, of a command whose outcome is settled
 *   0x13   settled    when by the ledger's clock, the command's id: its outcome is settled
 *   head              version, the ledger's clock
 * </pre>
 *
 * A segment begins with all that is known, so that those before it are not needed.
 */
final class LedgerRecord {
    static final int RECEIVED = 0x10;
    static final int DONE = 0x11;
    static final int TOLD = 0x12;
    static final int SETTLED = 0x13;

    private static final byte VERSION = 1;
    private static final byte[] NOTHING = {};

    private final int type;
    private final byte[] payload;

    private LedgerRecord(int type, byte[] payload) {
        this.type = type;
        this.payload = payload;
    }

    static byte[] head(long ledgerMillis) {
        byte[] head = new byte[1 + Varint.MAX_BYTES];
        head[0] = VERSION;
        return Arrays.copyOf(head, Varint.write(head, 1, ledgerMillis));
    }

    static LedgerRecord received(Received received) {
        byte[] frame = FrameEncoder.encode(received.command());
        return of(RECEIVED, frame, received.unixMillis(), received.starts());
    }

    static LedgerRecord ended(Ended ended) {
        return of(ended.settled() ? TOLD : DONE, FrameEncoder.encode(ended.outcome()), ended.endedMillis());
    }

    static LedgerRecord settled(String id, long ledgerMillis) {
        return of(SETTLED, id.getBytes(StandardCharsets.US_ASCII), ledgerMillis);
    }

    private static LedgerRecord of(int type, byte[] rest, long... numbers) {
        byte[] payload = new byte[numbers.length * Varint.MAX_BYTES + rest.length];
        int length = 0;
        for (long number : numbers) {
            length = Varint.write(payload, length, number);
        }
        System.arraycopy(rest, 0, payload, length, rest.length);
        return new LedgerRecord(type, Arrays.copyOf(payload, length + rest.length));
    }

    /** What it takes in a log. */
    int bytes() {
        return SegmentLog.recordBytes(payload.length);
    }

    void addTo(SegmentLog log) {
        log.add(type, payload, payload.length, NOTHING, 0);
    }

    /** Puts back what a log holds: the last record about a command counts. */
    static final class Reading implements Replay {
        private final FrameDecoder decoder = new FrameDecoder();
        private final LedgerContents contents;
        private long clockMillis;
        private long damages;

        Reading(LedgerContents contents) {
            this.contents = contents;
        }

        /** Where the ledger's clock stood. */
        long clockMillis() {
            return clockMillis;
        }

        /** How often something was missing or spoilt. */
        long damages() {
            return damages;
        }

        @Override
        public void segment(long id, byte[] state) {
            if (state.length > 1 && state[0] == VERSION) {
                clock(new Varint.Reader(state, 1, state.length - 1).next());
            }
        }

        @Override
        public void batch(long unixMillis) {
            // The ledger's own clock stands in the records.
        }

        @Override
        public void record(int type, long place, byte[] source, int offset, int length) {
            Varint.Reader numbers = new Varint.Reader(source, offset, length);
            long first = numbers.next();
            try {
                switch (type) {
                    case RECEIVED -> {
                        int starts = (int) numbers.next();
                        byte[] frame = copy(source, numbers.at(), offset + length);
                        ServerFrame.Command command =
                                (ServerFrame.Command) decoder.decodeServerFrame(frame, 0, frame.length);
                        contents.received(new Received(command, first, starts));
                    }
                    case DONE, TOLD -> {
                        byte[] item = copy(source, numbers.at(), offset + length);
                        Item.Outcome outcome = (Item.Outcome) decoder.decodeItem(item, 0, item.length);
                        contents.done(outcome, clock(first));
                        if (type == TOLD) {
                            contents.settled(outcome.commandId(), clockMillis);
                        }
                    }
                    case SETTLED -> {
                        int at = numbers.at();
                        String id = new String(source, at, offset + length - at, StandardCharsets.US_ASCII);
                        contents.settled(id, clock(first));
                    }
                    default -> damage("record of unknown type " + type);
                }
            } catch (FrameException | ClassCastException e) {
                damage("record of type " + type + ": " + e.getMessage());
            }
        }

        private static byte[] copy(byte[] source, int from, int to) {
            return Arrays.copyOfRange(source, from, to);
        }

        private long clock(long millis) {
            clockMillis = Math.max(clockMillis, millis);
            return millis;
        }

        @Override
        public void damage(String what) {
            damages++;
        }
    }
}
