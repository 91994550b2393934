package io.fleetline.backend.filter;

import io.fleetline.protocol.ClockQuality;
import io.fleetline.protocol.GapReason;
import io.fleetline.protocol.Item;
import io.fleetline.protocol.Lane;
import io.fleetline.protocol.RecordPosition;
import java.util.Optional;
import java.util.OptionalLong;

/** The stored form of a held record. */
final class StreamRecordState {
    private StreamRecordState() {}

    static <R> void write(StreamRecord<R> record, StateWriter state, HeldRecordCodec<R> codec) {
        RecordPosition position = record.position();
        state.number(position.lane().number());
        state.number(position.store());
        state.number(position.run());
        state.number(position.order());
        state.number(position.first());
        state.number(position.seq());
        state.number(position.acked());
        state.number(position.timeMillis());
        state.number(position.clockQuality().code());
        state.flag(position.before().isPresent());
        position.before().ifPresent(state::number);
        state.number(record.timestampMillis());
        state.flag(record.isGap());
        record.gap().ifPresent(gap -> {
            state.number(gap.to());
            state.number(gap.reason().code());
        });
        state.fourBytes(record.fingerprint());
        state.bytes(codec.encode(record.payload()));
    }

    static <R> StreamRecord<R> read(StateReader state, HeldRecordCodec<R> codec) {
        try {
            RecordPosition position = new RecordPosition(
                    Lane.of(state.number()),
                    state.number(),
                    state.number(),
                    state.number(),
                    state.number(),
                    state.number(),
                    state.number(),
                    state.number(),
                    ClockQuality.of(state.number()),
                    state.flag() ? OptionalLong.of(state.number()) : OptionalLong.empty());
            return new StreamRecord<>(
                    position,
                    state.number(),
                    state.flag()
                            ? Optional.of(new Item.Gap(state.number(), GapReason.of(state.number())))
                            : Optional.empty(),
                    state.fourBytes(),
                    codec.decode(state.bytes()));
        } catch (IllegalArgumentException e) {
            throw new FilterStateException("a held record in the filter's state is not one", e);
        }
    }
}
