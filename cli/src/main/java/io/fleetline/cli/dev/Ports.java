package io.fleetline.cli.dev;

import io.fleetline.cli.terminal.CliFailure;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/** Looks whether ports can be had before anything that takes long is started. */
final class Ports {
    private static final byte[] LOOPBACK = {127, 0, 0, 1};

    private Ports() {}

    /**
     * Looks whether these ports of the loopback address can be had.
     *
     * @throws CliFailure naming the first that cannot
     */
    static void requireFree(int first, int count) {
        for (int port = first; port < first + count; port++) {
            try (ServerSocket socket = new ServerSocket()) {
                socket.setReuseAddress(true);
                socket.bind(new InetSocketAddress(InetAddress.getByAddress(LOOPBACK), port));
            } catch (IOException e) {
                throw new CliFailure(
                        "port " + port + " of 127.0.0.1 cannot be had (" + e.getMessage()
                                + "); choose another with --port",
                        e);
            }
        }
    }
}
