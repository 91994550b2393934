package io.fleetline.device.fake;

import io.fleetline.protocol.ServerFrame;

/** The device at the other end of a connection, as the fake node sees it. */
public interface NodePeer {
    void send(ServerFrame frame);

    /** Closes the connection with a close frame. */
    void close(int code, String reason);

    /** Breaks the connection without a word. */
    void cut();
}
