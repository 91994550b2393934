package io.fleetline.device.internal.command;

import io.fleetline.protocol.Item;
import io.fleetline.protocol.ServerFrame;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Remembers which commands were received and how they ended, so that each is run once and a repeated one gets the answer
 * of the first time. What has been written down outlives the process where the ledger is on disk. On the loop's thread.
 */
public interface CommandLedger {
    /**
     * A command and how it came.
     *
     * @param command what is asked
     * @param unixMillis when it came first, by the node's clock
     * @param starts how often it was, or is about to be, started: more than once only where that does no harm
     */
    record Received(ServerFrame.Command command, long unixMillis, int starts) {}

    /**
     * What is known of one command.
     *
     * @param id which one
     * @param received what was asked, as long as it has not ended
     * @param outcome how it ended, if it has
     */
    record Entry(String id, Optional<Received> received, Optional<Item.Outcome> outcome) {}

    /** What is known of a command. */
    Optional<Entry> find(String id);

    /**
     * Writes down that a command came, or that it is about to be started once more. One of the two is called later, on the
     * loop's thread.
     *
     * @param safe once that would outlive a power cut: not before may the handler start
     * @param failed if it cannot be written down, with the reason; it is known all the same as long as the process lives
     */
    void received(Received received, Runnable safe, Consumer<String> failed);

    /**
     * Writes down how a command ended. One of the two is called later, on the loop's thread; not before may the outcome be
     * told.
     *
     * @param safe once that would outlive a power cut
     * @param failed if it cannot be written down, with the reason: after a crash the command would count as interrupted
     */
    void done(Item.Outcome outcome, Runnable safe, Consumer<String> failed);

    /** A command that could not be written down is not run: as if it had not come. */
    void forget(String id);

    /** The outcome of a command needs not be told any more, unless somebody asks again. */
    void settled(String id);

    /** The commands that an earlier process received and did not end, in order of receipt. */
    List<Entry> interrupted();

    /** The commands that an earlier process ended and whose outcome is not settled, in order. */
    List<Entry> untold();

    /** Writes down what is still to be, and lets go of the disk. What comes later is not written down. */
    void close(Runnable afterwards);
}
