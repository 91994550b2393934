package io.fleetline.ingest.session;

import io.fleetline.protocol.CloseReason;
import io.fleetline.protocol.ServerFrame;

/** The other end of a session: the connection to one device. Every method may be called from any thread and returns at once. */
public interface DevicePeer {
    /** Sends a frame; frames that one thread sends arrive in their order. Lost without a word once the connection ends. */
    void send(ServerFrame frame);

    /**
     * Ends the connection with this close code.
     *
     * @param text for people, ASCII; what does not fit into a close frame is cut off
     */
    void close(CloseReason reason, String text);

    /** Asks for the next message, exactly one; to be called once per message that came. */
    void demand();
}
