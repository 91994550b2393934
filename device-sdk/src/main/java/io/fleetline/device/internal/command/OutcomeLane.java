package io.fleetline.device.internal.command;

import io.fleetline.device.internal.connection.ConnectionKeeper;
import io.fleetline.device.internal.connection.Publication;
import io.fleetline.device.internal.outbox.Dropped;
import io.fleetline.device.internal.outbox.Outbox;
import io.fleetline.device.internal.outbox.OutboxFullException;
import io.fleetline.device.internal.outbox.Stored;
import io.fleetline.protocol.Item;
import io.fleetline.protocol.Lane;
import io.fleetline.protocol.ProtocolLimits;
import io.fleetline.protocol.RejectCode;
import io.fleetline.protocol.ServerFrame.StoredAt;
import io.fleetline.protocol.cbor.FrameEncoder;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The lane of the outbox that carries outcomes, with the room that is set aside for them. */
public final class OutcomeLane {
    private static final Logger LOG = LoggerFactory.getLogger(OutcomeLane.class);

    private final ConnectionKeeper keeper;
    private final Outbox<Publication> outbox;

    public OutcomeLane(ConnectionKeeper keeper) {
        this.keeper = keeper;
        this.outbox = keeper.outbox();
    }

    /** Sets room aside for one outcome; false if there is none. */
    boolean reserve() {
        return outbox.reserveOutcome();
    }

    /** Gives back what {@link #reserve} set aside. */
    void release() {
        outbox.releaseOutcome();
    }

    /** The best idea of Unix time. */
    long unixMillis() {
        return keeper.unixMillis();
    }

    /** The outcome, or the same without its body where nodes would not take it: how a command ended must come through. */
    Item.Outcome fitting(Item.Outcome outcome) {
        int bytes = FrameEncoder.encodedBytes(outcome);
        int most = Math.min(keeper.maxItemBytes(), ProtocolLimits.DEFAULT_MAX_ITEM_BYTES);
        if (bytes <= most && outcome.body().fault().isEmpty()) {
            return outcome;
        }
        String instead = "the result is left out: it takes " + bytes + " bytes, more than " + most;
        return new Item.Outcome(
                outcome.commandId(), outcome.status(), outcome.timeMillis(), CommandRunner.message(instead));
    }

    /** Appends an outcome; told once it is settled, be it that a node refused it. */
    void append(Item.Outcome outcome, Runnable settled) {
        try {
            long unused = outbox.append(
                    Lane.OUTCOMES, FrameEncoder.encode(outcome), 0, 0, new Waiter(settled), keeper.nowNanos());
        } catch (IllegalStateException e) {
            LOG.debug("outcome of command {} comes after the end", outcome.commandId());
        } catch (OutboxFullException e) {
            throw new IllegalStateException("the outbox refused an outcome, for which it always has room", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private record Waiter(Runnable settled) implements Publication {
        @Override
        public void stored(Stored<?> stored, Optional<StoredAt> at) {
            settled.run();
        }

        @Override
        public void dropped(Dropped<?> dropped, Optional<RejectCode> code, String message) {
            settled.run();
        }

        @Override
        public void abandoned() {
            // The next process tells it again, where the ledger outlives this one.
        }
    }
}
