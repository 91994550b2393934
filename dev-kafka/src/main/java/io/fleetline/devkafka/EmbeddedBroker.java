package io.fleetline.devkafka;

import io.fleetline.devkafka.node.BrokerPorts;
import io.fleetline.devkafka.node.BrokerSockets;
import io.fleetline.devkafka.node.HostedBroker;
import io.fleetline.devkafka.node.KafkaNode;
import io.fleetline.devkafka.node.PortWish;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** A broker in this JVM, behind the class loader that all such brokers share. */
final class EmbeddedBroker implements Broker {

    private final int number;
    private final Path logFile;
    private final Clock clock;
    private final RandomGenerator random;
    private final AtomicBoolean running = new AtomicBoolean();
    private final CompletableFuture<Void> ready = new CompletableFuture<>();

    // Both guarded by this.
    private @Nullable BrokerSockets sockets;
    private @Nullable HostedBroker node;

    EmbeddedBroker(int number, Path logFile, Clock clock, RandomGenerator random) {
        this.number = number;
        this.logFile = logFile;
        this.clock = clock;
        this.random = random;
    }

    @Override
    public synchronized CompletableFuture<BrokerPorts> open(PortWish wish) {
        try {
            sockets = BrokerSockets.open(wish, random);
            running.set(true);
            return CompletableFuture.completedFuture(sockets.ports());
        } catch (IOException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    @Override
    public CompletableFuture<Void> start(Map<String, String> settings, String clusterId, int brokersAlive) {
        begin("start", ready, () -> node(settings, clusterId).start(brokersAlive));
        return ready;
    }

    private synchronized HostedBroker node(Map<String, String> settings, String clusterId) throws Exception {
        if (sockets == null) {
            throw new IllegalStateException("Broker " + number + " was started before its sockets were opened");
        }
        Class<?> type = Class.forName(KafkaNode.class.getName(), true, KafkaClassLoader.shared());
        try {
            HostedBroker made = (HostedBroker)
                    type.getConstructor(Map.class, String.class, Map.class, Path.class, Clock.class, Consumer.class)
                            .newInstance(settings, clusterId, sockets.byListener(), logFile, clock, (Consumer<String>)
                                    this::died);
            node = made;
            return made;
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof Exception cause) {
                throw cause;
            }
            throw e;
        }
    }

    /** Told by a thread of the broker, which cannot end itself: somebody else must. */
    private void died(String reason) {
        if (running.compareAndSet(true, false)) {
            ready.completeExceptionally(new IllegalStateException(reason));
            begin("end", new CompletableFuture<>(), this::end);
        }
    }

    @Override
    public CompletableFuture<Void> stopServing() {
        running.set(false);
        return ended("stop", HostedBroker::stopServing);
    }

    @Override
    public CompletableFuture<Void> leave(boolean othersGoOn) {
        return ended("leave", HostedBroker::leaveQuorum);
    }

    private CompletableFuture<Void> ended(String how, Consumer<HostedBroker> ending) {
        CompletableFuture<Void> ended = new CompletableFuture<>();
        HostedBroker hosted = node();
        if (hosted == null) {
            ended.complete(null);
        } else {
            begin(how, ended, () -> ending.accept(hosted));
        }
        return ended;
    }

    @Override
    public void kill() {
        running.set(false);
        end();
    }

    private void end() {
        HostedBroker ended = node();
        if (ended != null) {
            ended.kill();
            return;
        }
        try {
            closeSockets();
        } catch (IOException e) {
            throw new IllegalStateException("Could not close the sockets of broker " + number, e);
        }
    }

    private synchronized @Nullable HostedBroker node() {
        return node;
    }

    private synchronized void closeSockets() throws IOException {
        if (sockets != null) {
            sockets.close();
        }
    }

    private interface Work {
        void run() throws Exception;
    }

    private void begin(String doing, CompletableFuture<Void> done, Work work) {
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                        done.complete(null);
                    } catch (Throwable e) {
                        done.completeExceptionally(e);
                    }
                },
                "dev-kafka-" + number + "-" + doing);
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void pause() {
        throw new UnsupportedOperationException(
                "Broker " + number
                        + " runs in this process, which would be paused with it; only brokers in processes of their own can be");
    }

    @Override
    public void resume() {}

    @Override
    public boolean isRunning() {
        return running.get();
    }

    @Override
    public long processId() {
        return ProcessHandle.current().pid();
    }
}
