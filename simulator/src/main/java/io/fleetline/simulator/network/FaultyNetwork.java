package io.fleetline.simulator.network;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The network between a fleet and its nodes, as bad as it is told to be. One thread carries all connections. Only nodes that were
 * named at the beginning can be reached through it. Thread-safe.
 */
public final class FaultyNetwork implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FaultyNetwork.class);
    private static final long JOIN_MILLIS = 5_000;

    private final Selector selector;
    private final LongSupplier nanoTime;
    private final Map<String, InetSocketAddress> nodes = new HashMap<>();
    private final Queue<Runnable> wishes = new ConcurrentLinkedQueue<>();
    private final List<Gate> gates = new ArrayList<>(); // the thread's
    private final List<Link> timed = new ArrayList<>(); // the thread's
    private final Thread thread = new Thread(this::run, "fleet-network");
    private volatile boolean closed;

    /**
     * A network to these nodes.
     *
     * @param endpoints as devices are told them
     * @param nanoTime a clock that never goes back, in ns
     * @throws IOException if a node's name cannot be looked up
     */
    public FaultyNetwork(Collection<URI> endpoints, LongSupplier nanoTime) throws IOException {
        this.nanoTime = nanoTime;
        for (URI endpoint : endpoints) {
            int port = endpoint.getPort() >= 0
                    ? endpoint.getPort()
                    : "wss".equalsIgnoreCase(endpoint.getScheme()) ? 443 : 80;
            String host = endpoint.getHost().toLowerCase(Locale.ROOT);
            nodes.put(host + ":" + port, new InetSocketAddress(InetAddress.getByName(host), port));
        }
        selector = Selector.open();
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * A way through it for a group of devices.
     *
     * @param devices how many of them come this way
     * @param random from which it follows what becomes of which connection; not used elsewhere from now on
     */
    public Gate gate(int devices, Random random) throws IOException {
        Gate gate = new Gate(selector, this::wish, this::address, devices, random);
        wish(() -> {
            try {
                gate.register();
                gates.add(gate);
            } catch (IOException e) {
                LOG.error("devices cannot reach the network", e);
            }
        });
        return gate;
    }

    /** Ends everything that connections suffer. */
    public void mend() {
        wish(() -> gates.forEach(Gate::mend));
    }

    /** Waits until all that was asked for before is done. */
    void settle() throws InterruptedException {
        CountDownLatch done = new CountDownLatch(1);
        wish(done::countDown);
        done.await();
    }

    private Optional<InetSocketAddress> address(String authority) {
        return Optional.ofNullable(nodes.get(authority.toLowerCase(Locale.ROOT)));
    }

    private void wish(Runnable what) {
        wishes.add(what);
        selector.wakeup();
    }

    private void run() {
        try {
            while (!closed) {
                long waitNanos = prepare(nanoTime.getAsLong());
                if (waitNanos == Long.MAX_VALUE) {
                    selector.select();
                } else if (waitNanos <= 0) {
                    selector.selectNow();
                } else {
                    selector.select(TimeUnit.NANOSECONDS.toMillis(waitNanos) + 1);
                }
                // First: what was asked for holds for connections that came later.
                for (Runnable wish = wishes.poll(); wish != null; wish = wishes.poll()) {
                    wish.run();
                }
                long nowNanos = nanoTime.getAsLong();
                for (SelectionKey key : selector.selectedKeys()) {
                    serve(key, nowNanos);
                }
                selector.selectedKeys().clear();
                timed.forEach(link -> advance(link, nowNanos));
            }
        } catch (IOException | RuntimeException e) {
            LOG.error("the network between devices and nodes has failed", e);
        } finally {
            end();
        }
    }

    /** Tells the selector what each connection waits for; returns how long it may sleep. */
    private long prepare(long nowNanos) {
        long nextNanos = Long.MAX_VALUE;
        timed.clear();
        for (Gate gate : gates) {
            for (Link link : gate.links()) {
                long next = link.await(nowNanos);
                if (next != Long.MAX_VALUE) {
                    timed.add(link);
                    nextNanos = Math.min(nextNanos, next);
                }
            }
        }
        return nextNanos == Long.MAX_VALUE ? Long.MAX_VALUE : nextNanos - nowNanos;
    }

    private static void serve(SelectionKey key, long nowNanos) {
        if (key.attachment() instanceof Link link) {
            advance(link, nowNanos);
        } else if (key.attachment() instanceof Gate gate) {
            try {
                gate.accept();
            } catch (IOException e) {
                LOG.warn("a device could not be let in", e);
            }
        }
    }

    private static void advance(Link link, long nowNanos) {
        try {
            link.advance(nowNanos);
        } catch (CancelledKeyException e) {
            link.reset();
        }
    }

    private void end() {
        for (Gate gate : gates) {
            try {
                gate.close();
            } catch (IOException e) {
                LOG.debug("a port could not be closed", e);
            }
        }
        try {
            selector.close();
        } catch (IOException e) {
            LOG.debug("the selector could not be closed", e);
        }
    }

    @Override
    public void close() {
        closed = true;
        selector.wakeup();
        try {
            thread.join(JOIN_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
