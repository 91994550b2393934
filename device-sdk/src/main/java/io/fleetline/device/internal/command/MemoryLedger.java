package io.fleetline.device.internal.command;

import io.fleetline.device.internal.connection.ConnectionLoop;
import io.fleetline.protocol.Item;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** A ledger that lasts as long as the process. */
public final class MemoryLedger implements CommandLedger {
    private final ConnectionLoop loop;
    private final LedgerContents contents = new LedgerContents();

    /** A ledger that knows nothing. */
    public MemoryLedger(ConnectionLoop loop) {
        this.loop = loop;
    }

    private long nowMillis() {
        return loop.time().nanos() / 1_000_000;
    }

    @Override
    public Optional<Entry> find(String id) {
        return contents.find(id);
    }

    @Override
    public void received(Received received, Runnable safe, Consumer<String> failed) {
        contents.received(received);
        safe.run();
    }

    @Override
    public void done(Item.Outcome outcome, Runnable safe, Consumer<String> failed) {
        contents.done(outcome, nowMillis());
        safe.run();
    }

    @Override
    public void forget(String id) {
        contents.forget(id);
    }

    @Override
    public void settled(String id) {
        contents.settled(id, nowMillis());
    }

    @Override
    public List<Entry> interrupted() {
        return List.of();
    }

    @Override
    public List<Entry> untold() {
        return List.of();
    }

    @Override
    public void close(Runnable afterwards) {
        afterwards.run();
    }
}
