package io.fleetline.devkafka.node;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import kafka.server.BrokerServer;
import kafka.server.ControllerServer;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import kafka.server.SharedServer;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.network.ListenerName;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.raft.QuorumConfig;
import org.apache.kafka.server.ServerSocketFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One Kafka broker with its controller, put together from Kafka's own parts as {@code KafkaRaftServer} does it. It is not
 * that class because a broker that is to be killed inside a living JVM must be reached by its parts, listens on sockets
 * that are open already, and must not take the JVM with it when it fails.
 */
public final class KafkaNode implements HostedBroker {

    /** The listener for clients and other brokers, by its name in the settings. */
    public static final String CLIENT_LISTENER = "CLIENT";

    /** The listener for controllers, by its name in the settings. */
    public static final String CONTROLLER_LISTENER = "CONTROLLER";

    private static final Duration HAND_OVER = Duration.ofSeconds(5);
    private static final Duration HAND_OVER_OF_KILLED = Duration.ofSeconds(1);
    private static final long POLL_NANOS = Duration.ofMillis(5).toNanos();
    private static final String CLEAN_SHUTDOWN_MARK = ".kafka_cleanshutdown";

    static {
        BrokerFaults.takeOverExits();
    }

    private final Map<String, String> settings;
    private final String clusterId;
    private final Map<String, ServerSocketChannel> sockets;
    private final BrokerScope scope;

    private final Object ending = new Object();
    private boolean killed; // guarded by ending
    private volatile boolean givenUp;

    // All guarded by this.
    private @Nullable Thread starting;
    private @Nullable BrokerServer broker;
    private @Nullable ControllerServer controller;

    /**
     * A node that has not been started.
     *
     * @param settings Kafka's, complete
     * @param clusterId with what the storage is to be formatted
     * @param sockets bound and listening, by the name of the listener; the node closes them
     * @param logFile where all its threads log to
     * @param clock for the times in the log
     * @param onDeath told once or more why the node cannot go on; it is of no use from then on
     * @throws IOException if the log file cannot be opened
     */
    public KafkaNode(
            Map<String, String> settings,
            String clusterId,
            Map<String, ServerSocketChannel> sockets,
            Path logFile,
            Clock clock,
            Consumer<String> onDeath)
            throws IOException {
        this.settings = settings;
        this.clusterId = clusterId;
        this.sockets = sockets;
        this.scope = new BrokerScope(LogFile.append(logFile, clock), onDeath);
    }

    @Override
    public void start(int brokersAlive) throws Exception {
        try {
            inScope("start", () -> startHere(brokersAlive));
        } catch (Exception e) {
            try {
                kill();
            } catch (RuntimeException alsoFailed) {
                e.addSuppressed(alsoFailed);
            }
            throw e;
        }
    }

    private @Nullable Void startHere(int brokersAlive) throws Exception {
        synchronized (this) {
            starting = Thread.currentThread();
        }
        KafkaConfig config = new KafkaConfig(settings, false);
        format(config);
        boot(config);
        awaitAlive(brokersAlive);
        return null;
    }

    /**
     * Only what has stopped growing can be taken down whole. Kafka gives up by itself when its time is over; a thread that
     * is interrupted while it initializes a class spoils that class for all brokers to come.
     */
    private void breakOffStart() throws InterruptedException {
        givenUp = true;
        Thread underWay;
        synchronized (this) {
            underWay = starting;
        }
        if (underWay != null) {
            underWay.join();
        }
    }

    private void goOnUnlessGivenUp() {
        if (givenUp) {
            throw new IllegalStateException("The start of broker " + settings.get("node.id") + " was broken off");
        }
    }

    private void format(KafkaConfig config) throws Exception {
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        new Formatter()
                .setPrintStream(new PrintStream(output, true, StandardCharsets.UTF_8))
                .setNodeId(config.nodeId())
                .setClusterId(clusterId)
                .addDirectory(config.metadataLogDir())
                .setMetadataLogDirectory(config.metadataLogDir())
                .setControllerListenerName(CONTROLLER_LISTENER)
                .setIgnoreFormatted(true)
                .run();
        log().info("Formatter: {}", output.toString(StandardCharsets.UTF_8).strip());
    }

    private void boot(KafkaConfig config) {
        var storage = KafkaRaftServer.initializeLogDirs(config, log(), "");
        SharedServer shared = new SharedServer(
                config,
                storage._1(),
                Time.SYSTEM,
                new Metrics(),
                CompletableFuture.completedFuture(
                        QuorumConfig.parseVoterConnections(config.quorumConfig().voters())),
                QuorumConfig.parseBootstrapServers(config.quorumConfig().bootstrapServers()),
                new BrokerFaults(scope),
                openSockets());
        BrokerServer newBroker = new BrokerServer(shared);
        ControllerServer newController = new ControllerServer(shared, KafkaRaftServer.configSchema(), storage._2());
        synchronized (this) {
            broker = newBroker;
            controller = newController;
        }
        goOnUnlessGivenUp();
        // The broker registers itself with the controller, so it comes second.
        newController.startup();
        goOnUnlessGivenUp();
        newBroker.startup();
    }

    /** Kafka counts as started once it serves; here the other brokers must be known as well, or clients see fewer. */
    private void awaitAlive(int brokersAlive) {
        ListenerName clients = ListenerName.normalised(CLIENT_LISTENER);
        BrokerServer started = broker();
        if (started == null) {
            return;
        }
        while (!givenUp
                && !started.isShutdown()
                && started.metadataCache().getAliveBrokerNodes(clients).size() < brokersAlive) {
            LockSupport.parkNanos(POLL_NANOS);
        }
    }

    private ServerSocketFactory openSockets() {
        return (listener, address, backlog, receiveBuffer) -> {
            ServerSocketChannel socket = sockets.get(listener);
            if (socket == null) {
                // A detour, whose port the user chose.
                return ServerSocketFactory.INSTANCE.openServerSocket(listener, address, backlog, receiveBuffer);
            }
            if (!socket.isOpen()) {
                throw new IOException("No open socket for the listener " + listener + " at " + address);
            }
            socket.configureBlocking(false);
            return socket;
        };
    }

    @Override
    public void stopServing() {
        synchronized (ending) {
            BrokerServer running = broker();
            if (!killed && running != null) {
                inScopeUnchecked("stop", () -> running.shutdown(HAND_OVER));
            }
        }
    }

    @Override
    public void leaveQuorum() {
        synchronized (ending) {
            ControllerServer controlling = controller();
            if (!killed && controlling != null) {
                inScopeUnchecked("leave", controlling::shutdown);
            }
            release();
        }
    }

    @Override
    public void kill() {
        synchronized (ending) {
            if (!killed) {
                killed = true;
                inScopeUnchecked("kill", this::killHere);
            }
        }
    }

    /**
     * Clients find their connections cut at once, whatever they waited for unanswered. Behind that the threads must be
     * ended one by one, since they live in this JVM, and the controller is told, or it would keep the next life of this
     * broker waiting until it believed this one dead. What the files would show of that is removed.
     */
    private void killHere() throws IOException, InterruptedException {
        breakOffStart();
        BrokerServer running = broker();
        if (running != null) {
            boolean wasServing = !running.isShutdown();
            if (running.socketServer() != null) {
                running.socketServer().shutdown();
            }
            running.shutdown(HAND_OVER_OF_KILLED);
            if (wasServing) {
                Files.deleteIfExists(Path.of(String.valueOf(settings.get("log.dirs")), CLEAN_SHUTDOWN_MARK));
            }
        }
        ControllerServer controlling = controller();
        if (controlling != null) {
            controlling.shutdown();
        }
        release();
    }

    private void release() {
        try {
            for (ServerSocketChannel socket : sockets.values()) {
                socket.close();
            }
            scope.log().close();
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "Could not close the sockets and the log of broker " + settings.get("node.id"), e);
        }
    }

    private synchronized @Nullable BrokerServer broker() {
        return broker;
    }

    private synchronized @Nullable ControllerServer controller() {
        return controller;
    }

    /**
     * All of Kafka runs on threads that descend from these: they bring its class loader and the scope with them. Waits
     * whatever happens to the caller, who may be about to remove the files.
     */
    private <T extends @Nullable Object> T inScope(String doing, Callable<T> work) throws Exception {
        FutureTask<T> task = new FutureTask<>(() -> {
            scope.enter();
            return work.call();
        });
        Thread thread = new Thread(task, "broker-" + settings.get("node.id") + "-" + doing);
        thread.setContextClassLoader(KafkaNode.class.getClassLoader());
        thread.start();
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return task.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                } catch (ExecutionException e) {
                    throw e.getCause() instanceof Exception cause ? cause : e;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private interface Work {
        void run() throws Exception;
    }

    private void inScopeUnchecked(String doing, Work work) {
        try {
            inScope(doing, () -> {
                work.run();
                return null;
            });
        } catch (Exception e) {
            throw new IllegalStateException("Could not " + doing + " broker " + settings.get("node.id"), e);
        }
    }

    /** Not a constant: SLF4J must not be touched before a thread with a scope runs. */
    private static Logger log() {
        return LoggerFactory.getLogger(KafkaNode.class);
    }
}
