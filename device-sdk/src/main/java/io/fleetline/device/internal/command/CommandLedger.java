package io.fleetline.device.internal.command;

import io.fleetline.protocol.Item;
import io.fleetline.protocol.ServerFrame;
import java.util.List;
import java.util.Optional;

/**
 * Remembers which commands were received and how they ended, so that each is run once and a repeated one gets the answer
 * of the first time. What has been written down outlives the process where the ledger is on disk. One thread at a time.
 */
public interface CommandLedger {
    /**
     * What is known of one command.
     *
     * @param id which one
     * @param command what was asked, as long as it has not ended
     * @param outcome how it ended, if it has
     */
    record Entry(String id, Optional<ServerFrame.Command> command, Optional<Item.Outcome> outcome) {}

    /** What is known of a command. */
    Optional<Entry> find(String id);

    /**
     * Writes down that a command came.
     *
     * @param safe is run once that would outlive a power cut, on the same thread: not before may the handler start
     */
    void received(ServerFrame.Command command, long nowNanos, Runnable safe);

    /**
     * Writes down how a command ended.
     *
     * @param safe is run once that would outlive a power cut, on the same thread: not before may the outcome be told
     */
    void done(Item.Outcome outcome, long nowNanos, Runnable safe);

    /** The outcome of a command needs not be told any more, unless somebody asks again. */
    void settled(String id);

    /** The commands that an earlier process received and did not end, in order of receipt. */
    List<Entry> interrupted();

    /** The commands that an earlier process ended and whose outcome is not settled, in order. */
    List<Entry> untold();
}
