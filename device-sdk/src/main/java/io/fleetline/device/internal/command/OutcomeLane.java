package io.fleetline.device.internal.command;

import io.fleetline.device.internal.connection.Publication;
import io.fleetline.device.internal.outbox.Dropped;
import io.fleetline.device.internal.outbox.Outbox;
import io.fleetline.device.internal.outbox.OutboxFullException;
import io.fleetline.device.internal.outbox.Stored;
import io.fleetline.protocol.GapReason;
import io.fleetline.protocol.Item;
import io.fleetline.protocol.Lane;
import io.fleetline.protocol.ProtocolLimits;
import io.fleetline.protocol.RejectCode;
import io.fleetline.protocol.ServerFrame.StoredAt;
import io.fleetline.protocol.cbor.FrameDecoder;
import io.fleetline.protocol.cbor.FrameEncoder;
import io.fleetline.protocol.cbor.FrameException;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The lane of the outbox that carries outcomes, with the room that is set aside for them. */
public final class OutcomeLane {
    private static final Logger LOG = LoggerFactory.getLogger(OutcomeLane.class);

    private final Outbox<Publication> outbox;
    private final LongSupplier nowNanos;
    private final IntSupplier maxItemBytes;

    /**
     * @param nowNanos the clock that the outbox goes by
     * @param maxItemBytes the largest item that nodes accept, as far as is known
     */
    public OutcomeLane(Outbox<Publication> outbox, LongSupplier nowNanos, IntSupplier maxItemBytes) {
        this.outbox = outbox;
        this.nowNanos = nowNanos;
        this.maxItemBytes = maxItemBytes;
    }

    /** Hears what becomes of an outcome; any thread. */
    interface Fate {
        /** It needs not be told any more: it is stored, or nodes refuse it. */
        void settled();

        /** The disk has lost it before it was told. */
        void lost();
    }

    /** Sets room aside for one outcome; false if there is none. */
    boolean reserve() {
        return outbox.reserveOutcome();
    }

    /** Gives back what {@link #reserve} set aside. */
    void release() {
        outbox.releaseOutcome();
    }

    /** The outcome, or the same without its body where nodes would not take it: how a command ended must come through. */
    Item.Outcome fitting(Item.Outcome outcome) {
        int bytes = FrameEncoder.encodedBytes(outcome);
        int most = Math.min(maxItemBytes.getAsInt(), ProtocolLimits.DEFAULT_MAX_ITEM_BYTES);
        if (bytes <= most && outcome.body().fault().isEmpty()) {
            return outcome;
        }
        String instead = "the result is left out: it takes " + bytes + " bytes, more than " + most;
        return new Item.Outcome(
                outcome.commandId(), outcome.status(), outcome.timeMillis(), CommandRunner.message(instead));
    }

    /** Appends an outcome. */
    void append(Item.Outcome outcome, Fate fate) {
        try {
            long unused = outbox.append(
                    Lane.OUTCOMES, FrameEncoder.encode(outcome), 0, 0, new Waiter(fate), nowNanos.getAsLong());
        } catch (IllegalStateException e) {
            LOG.debug("outcome of command {} comes after the end", outcome.commandId());
        } catch (OutboxFullException e) {
            throw new IllegalStateException("the outbox refused an outcome, for which it always has room", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Has somebody hear what becomes of the outcomes that an earlier process left there. Reads from disk. */
    void adopt(Function<Item.Outcome, Optional<Fate>> who) {
        FrameDecoder decoder = new FrameDecoder();
        outbox.adopt(Lane.OUTCOMES, bytes -> {
            try {
                return decoder.decodeItem(bytes, 0, bytes.length) instanceof Item.Outcome outcome
                        ? who.apply(outcome).map(Waiter::new)
                        : Optional.empty();
            } catch (FrameException e) {
                LOG.debug("an outcome of an earlier process is not readable", e);
                return Optional.empty();
            }
        });
    }

    private record Waiter(Fate fate) implements Publication {
        @Override
        public void stored(Stored<?> stored, Optional<StoredAt> at) {
            fate.settled();
        }

        @Override
        public void dropped(Dropped<?> dropped, Optional<RejectCode> code, String message) {
            if (dropped.reason() == GapReason.STORAGE_DAMAGED) {
                fate.lost();
            } else {
                fate.settled();
            }
        }

        @Override
        public void abandoned() {
            // The next process tells it again, where the ledger outlives this one.
        }
    }
}
