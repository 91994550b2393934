package io.fleetline.bench.peers;

import java.util.List;
import java.util.Optional;

/** What one connection says in the protocol of the server that it talks to. For one caller at a time. */
interface Dialect {
    /** What is sent first, each a message of its own; the first of them is what the server lets a client in by. */
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

    /** What a client has to say now and then so that it is not taken for dead; empty if it is let be for long enough. */
    default Optional<byte[]> heartbeat() {
        return Optional.empty();
    }

    /** Whether the server has let this connection in. */
    boolean greeted();
}
