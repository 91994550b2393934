package io.fleetline.simulator.network;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Where a group of devices goes through: an HTTP proxy on a port of 127.0.0.1 that leads to known nodes and nowhere else. Which
 * connections suffer is drawn from a source of chance of its own. Thread-safe.
 */
public final class Gate {
    private final ServerSocketChannel server;
    private final int port;
    private final Consumer<Runnable> network;
    private final Selector selector;
    private final Function<String, Optional<InetSocketAddress>> addresses;
    private final int devices;
    // For the network's thread.
    private final Random random;
    private final List<Link> links = new ArrayList<>();
    private final Set<Condition> conditions = new LinkedHashSet<>();

    Gate(
            Selector selector,
            Consumer<Runnable> network,
            Function<String, Optional<InetSocketAddress>> addresses,
            int devices,
            Random random)
            throws IOException {
        this.selector = selector;
        this.network = network;
        this.addresses = addresses;
        this.devices = devices;
        this.random = random;
        server = ServerSocketChannel.open();
        server.bind(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), 0), 1_024);
        server.configureBlocking(false);
        port = ((InetSocketAddress) server.getLocalAddress()).getPort();
    }

    /** Where the proxy listens, on 127.0.0.1. */
    public int port() {
        return port;
    }

    /** Resets this share of the connections that there are. */
    public void reset(double share) {
        network.accept(() -> drawn(share).forEach(Link::reset));
    }

    /** Lets connections suffer this from now on: a share of those that there are, and of those that come. */
    public void begin(Condition condition) {
        network.accept(() -> {
            conditions.add(condition);
            List<Link> chosen = drawn(condition.share());
            if (condition.kind() == Condition.Kind.CUT) {
                chosen.forEach(Link::reset);
            } else {
                chosen.forEach(link -> link.suffer(condition));
            }
        });
    }

    /** Lets no connection suffer this any more. */
    public void end(Condition condition) {
        network.accept(() -> {
            conditions.remove(condition);
            links.forEach(link -> link.recover(condition));
        });
    }

    void mend() {
        for (Condition condition : List.copyOf(conditions)) {
            conditions.remove(condition);
            links.forEach(link -> link.recover(condition));
        }
    }

    void register() throws IOException {
        server.register(selector, SelectionKey.OP_ACCEPT, this);
    }

    void accept() throws IOException {
        SocketChannel channel = server.accept();
        if (channel == null) {
            return;
        }
        links.removeIf(Link::isClosed);
        Link link = new Link(selector, channel, addresses, random);
        if (links.size() >= room()) {
            link.reset();
            return;
        }
        for (Condition condition : conditions) {
            if (condition.kind() != Condition.Kind.CUT && random.nextDouble() < condition.share()) {
                link.suffer(condition);
            }
        }
        links.add(link);
    }

    /** How many connections there may be: those that are cut off leave no room for others in their place. */
    private int room() {
        double share = conditions.stream()
                .filter(condition -> condition.kind() == Condition.Kind.CUT)
                .mapToDouble(Condition::share)
                .max()
                .orElse(0);
        return share == 0 ? Integer.MAX_VALUE : (int) Math.round(devices * (1 - share));
    }

    private List<Link> drawn(double share) {
        links.removeIf(Link::isClosed);
        List<Link> shuffled = new ArrayList<>(links);
        Collections.shuffle(shuffled, random);
        return shuffled.subList(0, (int) Math.ceil(shuffled.size() * share));
    }

    List<Link> links() {
        return links;
    }

    void close() throws IOException {
        server.close();
        links.forEach(Link::reset);
    }
}
