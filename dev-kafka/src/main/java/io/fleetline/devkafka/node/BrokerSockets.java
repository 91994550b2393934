package io.fleetline.devkafka.node;

import java.io.Closeable;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * The two sockets that a broker listens on, open from before its port numbers are told to anybody, so that no port that
 * was free when it was chosen can be taken before it is used.
 */
public record BrokerSockets(ServerSocketChannel client, ServerSocketChannel controller) implements Closeable {

    /** Below what Linux (32,768), macOS and Windows (49,152) give to outgoing connections: those may take a port while its broker is down. */
    private static final int LOWEST_PORT = 20_000;

    private static final int PORTS = 12_000;
    private static final int ATTEMPTS = 500;
    private static final int BACKLOG = 128;

    /**
     * Opens both sockets on the loopback address.
     *
     * @param wish the ports to try first
     * @param random where to look for free ports
     * @return the open sockets
     * @throws IOException if a port that the wish insists on is taken, or no free one was found; says which
     */
    public static BrokerSockets open(PortWish wish, RandomGenerator random) throws IOException {
        ServerSocketChannel client = open(wish.client(), wish.insistOnClient(), random);
        try {
            return new BrokerSockets(client, open(wish.controller(), wish.insistOnController(), random));
        } catch (IOException e) {
            client.close();
            throw e;
        }
    }

    private static ServerSocketChannel open(int wanted, boolean insist, RandomGenerator random) throws IOException {
        if (wanted != PortWish.ANY) {
            try {
                return bind(wanted);
            } catch (BindException e) {
                if (insist) {
                    throw new IOException(
                            "The port " + wanted + " of 127.0.0.1 is taken by another program (" + e.getMessage() + ")",
                            e);
                }
            }
        }
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            try {
                return bind(LOWEST_PORT + random.nextInt(PORTS));
            } catch (BindException e) {
                // Somebody else's; there are thousands more.
            }
        }
        throw new IOException("No free port of 127.0.0.1 found from " + LOWEST_PORT + " to " + (LOWEST_PORT + PORTS - 1)
                + " in " + ATTEMPTS + " attempts");
    }

    private static ServerSocketChannel bind(int port) throws IOException {
        ServerSocketChannel socket = ServerSocketChannel.open();
        try {
            return socket.bind(
                    new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port), BACKLOG);
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    /**
     * On which ports the sockets are.
     *
     * @return the port numbers
     */
    public BrokerPorts ports() {
        return new BrokerPorts(
                client.socket().getLocalPort(), controller.socket().getLocalPort());
    }

    /**
     * The sockets as a node wants them.
     *
     * @return each by the name of its listener
     */
    public Map<String, ServerSocketChannel> byListener() {
        return Map.of(KafkaNode.CLIENT_LISTENER, client, KafkaNode.CONTROLLER_LISTENER, controller);
    }

    @Override
    public void close() throws IOException {
        client.close();
        controller.close();
    }
}
