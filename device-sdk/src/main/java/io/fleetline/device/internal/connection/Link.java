package io.fleetline.device.internal.connection;

import io.fleetline.protocol.CloseReason;
import io.fleetline.protocol.ServerFrame;

/**
 * One connection, from the attempt on: whole frames in order, until it ends. Its methods are called by one thread at a
 * time, return at once, and do nothing once it has ended.
 */
public interface Link {
    /** Sends one frame after those before it. */
    void send(byte[] frame);

    /**
     * Whether it makes sense to send more. After a false {@link Listener#writable} follows as soon as it does: what waits
     * in the outbox can still be overtaken by something urgent, what was handed to a slow connection cannot.
     */
    boolean writable();

    /**
     * Asks for one more frame, beyond those that were asked for and have not come. Without this nothing is read, not even the
     * end of the connection.
     */
    void demand();

    /** Ends the connection in good order, after what was sent before. The listener hears when it has ended. */
    void close(CloseReason reason, String text);

    /** Ends the connection, or the attempt, at once. */
    void abort();

    /** Hears what happens to a link, on any thread, one call at a time. */
    interface Listener {
        /** The node has accepted the handshake. */
        void opened();

        /** A frame that was asked for. */
        void received(ServerFrame frame);

        /** There is room for more after {@link Link#writable} had said no. */
        void writable();

        /** It has ended. Called once, and nothing after it; also after {@link Link#close} and {@link Link#abort}. */
        void ended(Ending ending);
    }
}
