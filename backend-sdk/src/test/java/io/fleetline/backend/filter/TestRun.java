package io.fleetline.backend.filter;

import io.fleetline.protocol.ClockQuality;
import io.fleetline.protocol.GapReason;
import io.fleetline.protocol.Item;
import io.fleetline.protocol.Lane;
import io.fleetline.protocol.RecordPosition;
import java.util.OptionalLong;

/**
 * A run whose records a test writes out: an event carries the run's letter and its number, such as {@code a3}.
 *
 * @param letter its name
 * @param store which life of the outbox it belongs to
 * @param order its place among the runs
 * @param first its first number
 * @param before the run that the number before its first one belongs to, if it says so
 * @param lane the lane of its records
 * @param stampMillis the time of its records
 */
record TestRun(char letter, long store, long order, long first, OptionalLong before, Lane lane, long stampMillis) {
    static TestRun run(char letter, long order, long first) {
        return new TestRun(letter, 1, order, first, OptionalLong.empty(), Lane.NORMAL, 1_000);
    }

    TestRun after(TestRun previous) {
        return new TestRun(letter, store, order, first, OptionalLong.of(previous.letter), lane, stampMillis);
    }

    TestRun inStore(long number) {
        return new TestRun(letter, number, order, first, before, lane, stampMillis);
    }

    TestRun onLane(Lane other) {
        return new TestRun(letter, store, order, first, before, other, stampMillis);
    }

    TestRun at(long millis) {
        return new TestRun(letter, store, order, first, before, lane, millis);
    }

    StreamRecord<String> event(long seq, long acked) {
        return event(seq, acked, letter + Long.toString(seq));
    }

    StreamRecord<String> event(long seq, long acked, String body) {
        return StreamRecord.event(position(seq, acked), stampMillis, body.hashCode(), body);
    }

    StreamRecord<String> gap(long from, long to, long acked) {
        return StreamRecord.gap(
                position(from, acked), stampMillis, new Item.Gap(to, GapReason.OVERFLOW), "gap " + from + "-" + to);
    }

    private RecordPosition position(long seq, long acked) {
        OptionalLong named = acked < first - 1 ? before : OptionalLong.empty();
        return new RecordPosition(
                lane, store, letter, order, first, seq, acked, 0, ClockQuality.SERVER_SYNCHRONISED, named);
    }
}
