package io.fleetline.bench.peers;

import java.util.List;

/** What one connection says in the protocol of the server that it talks to. For one caller at a time. */
interface Dialect {
    /** What is sent first, each a message of its own. */
    List<byte[]> opening();

    /** A message of 100 bytes that the server is to acknowledge. */
    byte[] publish();

    /**
     * Takes a message of the server.
     *
     * @return how many messages it acknowledges
     * @throws IllegalStateException if the server complains
     */
    long take(byte[] message);

    /** Whether the server has let this connection in. */
    boolean greeted();
}
