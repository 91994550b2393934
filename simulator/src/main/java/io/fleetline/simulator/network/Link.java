package io.fleetline.simulator.network;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One connection from a device to a node. It begins as a request for a tunnel (CONNECT, RFC 9110 section 9.3.6), so that the device
 * checks the node's own name. For the network's thread.
 */
final class Link {
    private static final int MOST_HEAD_BYTES = 8 * 1024;
    /** TCP's least retransmission timeout in most systems; doubled for each further loss. */
    private static final long RETRANSMISSION_NANOS = 200_000_000;

    private static final String GRANTED = "HTTP/1.1 200 Tunnel\r\n\r\n";
    private static final String REFUSED = "HTTP/1.1 502 No way\r\nContent-Length: 0\r\n\r\n";

    private final Selector selector;
    private final SocketChannel device;
    private final SelectionKey deviceKey;
    private final Function<String, Optional<InetSocketAddress>> addresses;
    private final Random random;
    private final Set<Condition> conditions = new HashSet<>();
    private final ByteBuffer head = ByteBuffer.allocate(MOST_HEAD_BYTES);
    private @Nullable SocketChannel node;
    private @Nullable SelectionKey nodeKey;
    private @Nullable Flow up;
    private @Nullable Flow down;
    private boolean closed;

    Link(
            Selector selector,
            SocketChannel device,
            Function<String, Optional<InetSocketAddress>> addresses,
            Random random)
            throws IOException {
        this.selector = selector;
        this.device = device;
        this.addresses = addresses;
        this.random = random;
        device.configureBlocking(false);
        device.setOption(StandardSocketOptions.TCP_NODELAY, true);
        deviceKey = device.register(selector, SelectionKey.OP_READ, this);
    }

    boolean isClosed() {
        return closed;
    }

    void suffer(Condition condition) {
        conditions.add(condition);
    }

    void recover(Condition condition) {
        conditions.remove(condition);
    }

    /** Something can be done on one of its channels, or it is time to look again. */
    void advance(long nowNanos) {
        if (closed || suffers(Condition.Kind.HALF_OPEN)) {
            return;
        }
        try {
            if (node == null) {
                readHead();
            } else if (up == null || down == null) {
                finishConnect(node);
            } else {
                move(up, deviceKey, nowNanos, 0);
                move(down, nodeKey, nowNanos, slowness());
                if (up.isOver() && down.isOver()) {
                    close();
                }
            }
        } catch (IOException e) {
            // One side has gone; the other is to hear of it.
            reset();
        }
    }

    private void move(Flow flow, @Nullable SelectionKey source, long nowNanos, long bytesPerSecond) throws IOException {
        if (source != null && source.isReadable() && flow.wantsToRead(nowNanos)) {
            flow.read(nowNanos, delayNanos(), bytesPerSecond);
        }
        flow.write(nowNanos);
    }

    private long delayNanos() {
        long delay = 0;
        for (Condition condition : conditions) {
            if (condition.kind() == Condition.Kind.DELAY) {
                delay += condition.delayNanos();
            } else if (condition.kind() == Condition.Kind.LOSS) {
                for (long stall = RETRANSMISSION_NANOS;
                        random.nextDouble() < condition.loss() && stall < 64 * RETRANSMISSION_NANOS;
                        stall *= 2) {
                    delay += stall;
                }
            }
        }
        return delay;
    }

    private long slowness() {
        return conditions.stream()
                .filter(condition -> condition.kind() == Condition.Kind.SLOW_READER)
                .mapToLong(Condition::bytesPerSecond)
                .min()
                .orElse(0);
    }

    private boolean suffers(Condition.Kind kind) {
        return conditions.stream().anyMatch(condition -> condition.kind() == kind);
    }

    private void readHead() throws IOException {
        if (!deviceKey.isReadable()) {
            return;
        }
        if (device.read(head) < 0 || !head.hasRemaining()) {
            reset();
            return;
        }
        String text = new String(head.array(), 0, head.position(), StandardCharsets.ISO_8859_1);
        if (!text.contains("\r\n\r\n")) {
            return;
        }
        String[] parts = text.substring(0, text.indexOf('\r')).split(" ", -1);
        Optional<InetSocketAddress> address =
                parts.length == 3 && parts[0].equals("CONNECT") ? addresses.apply(parts[1]) : Optional.empty();
        if (address.isEmpty()) {
            device.write(ByteBuffer.wrap(REFUSED.getBytes(StandardCharsets.ISO_8859_1)));
            device.shutdownOutput();
            close();
            return;
        }
        SocketChannel channel = SocketChannel.open();
        node = channel;
        channel.configureBlocking(false);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        nodeKey = channel.register(selector, SelectionKey.OP_CONNECT, this);
        if (channel.connect(address.get())) {
            finishConnect(channel);
        }
    }

    private void finishConnect(SocketChannel channel) throws IOException {
        if (!channel.isConnected() && !channel.finishConnect()) {
            return;
        }
        device.write(ByteBuffer.wrap(GRANTED.getBytes(StandardCharsets.ISO_8859_1)));
        up = new Flow(device, channel);
        down = new Flow(channel, device);
    }

    /** Says what it waits for; returns when to look again at the latest. */
    long await(long nowNanos) {
        if (closed) {
            return Long.MAX_VALUE;
        }
        if (suffers(Condition.Kind.HALF_OPEN)) {
            interest(deviceKey, 0);
            interest(nodeKey, 0);
            return Long.MAX_VALUE;
        }
        if (up == null || down == null) {
            interest(deviceKey, node == null ? SelectionKey.OP_READ : 0);
            interest(nodeKey, SelectionKey.OP_CONNECT);
            return Long.MAX_VALUE;
        }
        interest(deviceKey, interest(up, down, nowNanos));
        interest(nodeKey, interest(down, up, nowNanos));
        return Math.min(up.nextNanos(nowNanos), down.nextNanos(nowNanos));
    }

    private static int interest(Flow from, Flow to, long nowNanos) {
        return (from.wantsToRead(nowNanos) ? SelectionKey.OP_READ : 0)
                | (to.wantsToWrite(nowNanos) ? SelectionKey.OP_WRITE : 0);
    }

    private static void interest(@Nullable SelectionKey key, int operations) {
        if (key != null && key.isValid()) {
            key.interestOps(operations);
        }
    }

    /** Ends it as a machine does that knows nothing of it. */
    void reset() {
        try {
            device.setOption(StandardSocketOptions.SO_LINGER, 0);
            if (node != null) {
                node.setOption(StandardSocketOptions.SO_LINGER, 0);
            }
        } catch (IOException | UnsupportedOperationException e) {
            // It ends in any case.
        }
        close();
    }

    private void close() {
        closed = true;
        try {
            device.close();
            if (node != null) {
                node.close();
            }
        } catch (IOException e) {
            // Nothing is left to be done with it.
        }
    }
}
