package io.fleetline.bench.machine;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/** A port of loopback that nobody has at the moment. */
public final class FreePort {
    private FreePort() {}

    /** One. Somebody else may take it before it is used. */
    public static int next() throws IOException {
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            return socket.getLocalPort();
        }
    }
}
