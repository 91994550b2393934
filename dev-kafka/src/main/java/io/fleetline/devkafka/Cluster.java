package io.fleetline.devkafka;

import io.fleetline.devkafka.node.BrokerPorts;
import io.fleetline.devkafka.node.PortWish;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.IntFunction;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** All brokers of one {@link io.fleetline.devkafka.DevKafka}, and which of them live. */
final class Cluster {

    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(10);

    private final ClusterPlan plan;
    private final ClusterFolder folder;
    private final Clock clock;
    private final RandomGenerator random;
    private final List<Integer> numbers;

    /** The last life of each broker. Changed under the lock on this, read by anybody. */
    private final Map<Integer, Broker> brokers = new ConcurrentHashMap<>();

    private volatile List<BrokerPorts> ports = List.of();
    private boolean closed; // guarded by this

    public Cluster(ClusterPlan plan, ClusterFolder folder, Clock clock, RandomGenerator random) {
        this.plan = plan;
        this.folder = folder;
        this.clock = clock;
        this.random = random;
        this.numbers = IntStream.rangeClosed(1, plan.brokers()).boxed().toList();
    }

    /** Starts all brokers for the first time, or leaves nothing behind that runs. */
    public synchronized void startAll() {
        try {
            ports = new ArrayList<>(open(numbers, this::firstWish).values());
            folder.remember(ports);
            awaitReady(numbers, numbers.size());
        } catch (RuntimeException e) {
            abandon(e);
            throw e;
        }
    }

    private void abandon(RuntimeException reason) {
        try {
            closed = true;
            brokers.values().forEach(Broker::kill);
            folder.close();
        } catch (RuntimeException e) {
            reason.addSuppressed(e);
        }
    }

    private PortWish firstWish(int broker) {
        PortWish remembered = folder.rememberedPorts(broker)
                .map(PortWish::preferably)
                .orElse(new PortWish(PortWish.ANY, false, PortWish.ANY, false));
        return plan.firstPort().isPresent()
                ? new PortWish(plan.firstPort().getAsInt() + broker - 1, true, remembered.controller(), false)
                : remembered;
    }

    private Map<Integer, BrokerPorts> open(List<Integer> which, IntFunction<PortWish> wish) {
        Map<Integer, CompletableFuture<BrokerPorts>> opening = new TreeMap<>();
        for (int broker : which) {
            folder.furnish(broker);
            Broker life = plan.inProcess()
                    ? new EmbeddedBroker(broker, folder.logFile(broker), clock, random)
                    : new BrokerProcess(broker, folder, plan.jvmOptions());
            Broker before = brokers.put(broker, life);
            if (before != null) {
                // It runs no more, but if it died by itself it may still be about to let go of its port.
                before.kill();
            }
            opening.put(broker, life.open(wish.apply(broker)));
        }
        Map<Integer, BrokerPorts> opened = new TreeMap<>();
        opening.forEach((broker, future) -> opened.put(broker, await(broker, future, "open its ports")));
        return opened;
    }

    private void awaitReady(List<Integer> which, int brokersAlive) {
        Map<Integer, CompletableFuture<Void>> starting = new TreeMap<>();
        for (int broker : which) {
            Map<String, String> settings = BrokerSettings.of(broker, ports, folder.storage(broker), plan);
            starting.put(broker, life(broker).start(settings, folder.clusterId(), brokersAlive));
        }
        // One that cannot start keeps others waiting; its own failure is the one to be told.
        CompletableFuture<Void> anyFailed = new CompletableFuture<>();
        starting.values()
                .forEach(future -> future.exceptionally(e -> {
                    anyFailed.completeExceptionally(e);
                    return null;
                }));
        try {
            CompletableFuture.anyOf(allOf(starting.values().stream()), anyFailed)
                    .get(plan.startTimeout().toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException | TimeoutException e) {
            starting.forEach((broker, future) -> {
                if (future.isCompletedExceptionally()) {
                    await(broker, future, "start");
                }
            });
            starting.forEach((broker, future) -> {
                if (!future.isDone()) {
                    throw notReady(broker, "start" + inTime(), e);
                }
            });
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private <T> T await(int broker, CompletableFuture<T> future, String what) {
        try {
            return future.get(plan.startTimeout().toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            throw notReady(broker, what, e.getCause() == null ? e : e.getCause());
        } catch (TimeoutException e) {
            throw notReady(broker, what + inTime(), e);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private String inTime() {
        return " within " + plan.startTimeout().toMillis() / 1000.0 + " s";
    }

    private static DevKafkaException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new DevKafkaException("Interrupted while waiting for Kafka", e);
    }

    private DevKafkaException notReady(int broker, String what, Throwable cause) {
        String reason =
                cause instanceof TimeoutException || cause.getMessage() == null ? "" : ": " + cause.getMessage();
        return new DevKafkaException(
                "Kafka broker " + broker + " of " + numbers.size() + " in " + folder.path() + " did not " + what
                        + reason + LogTail.of(folder.logFile(broker)),
                cause);
    }

    public synchronized void start(int... which) {
        List<Integer> toStart = IntStream.of(which)
                .distinct()
                .filter(broker -> !isRunning(broker))
                .boxed()
                .toList();
        ensureOpen();
        try {
            open(toStart, broker -> PortWish.exactly(ports.get(broker - 1)));
            awaitReady(toStart, 1);
        } catch (RuntimeException e) {
            toStart.forEach(broker -> life(broker).kill());
            throw e;
        }
    }

    public synchronized void kill(int broker) {
        check(broker);
        ensureOpen();
        life(broker).kill();
    }

    public synchronized void stop(int broker) {
        check(broker);
        ensureOpen();
        if (isRunning(broker)) {
            stop(List.of(broker));
        }
    }

    private void stop(List<Integer> which) {
        which.forEach(broker -> life(broker).resume());
        boolean othersGoOn = numbers.stream().anyMatch(broker -> !which.contains(broker) && isRunning(broker));
        try {
            allOf(which.stream().map(broker -> life(broker).stopServing()))
                    .get(STOP_TIMEOUT.toNanos(), TimeUnit.NANOSECONDS);
            allOf(which.stream().map(broker -> life(broker).leave(othersGoOn)))
                    .get(STOP_TIMEOUT.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException | TimeoutException e) {
            which.forEach(broker -> life(broker).kill());
        } catch (InterruptedException e) {
            which.forEach(broker -> life(broker).kill());
            throw interrupted(e);
        }
    }

    private static CompletableFuture<Void> allOf(Stream<CompletableFuture<Void>> futures) {
        return CompletableFuture.allOf(futures.toArray(CompletableFuture<?>[]::new));
    }

    public synchronized void pause(int broker) {
        ensureOpen();
        if (!isRunning(broker)) {
            throw new IllegalStateException("Broker " + broker + " does not run and cannot be paused");
        }
        life(broker).pause();
    }

    public synchronized void resume(int broker) {
        check(broker);
        ensureOpen();
        life(broker).resume();
    }

    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            if (folder.isTemporary()) {
                brokers.values().forEach(Broker::kill);
            } else {
                stop(numbers.stream().filter(this::isRunning).toList());
            }
        } finally {
            folder.close();
        }
    }

    public String bootstrapServers() {
        return ports.stream().map(each -> "127.0.0.1:" + each.client()).collect(Collectors.joining(","));
    }

    public List<Integer> brokers() {
        return numbers;
    }

    public String clusterId() {
        return folder.clusterId();
    }

    public Path directory() {
        return folder.path();
    }

    public Path logFile(int broker) {
        check(broker);
        return folder.logFile(broker);
    }

    public int port(int broker) {
        check(broker);
        return ports.get(broker - 1).client();
    }

    public Optional<Long> processId(int broker) {
        return isRunning(broker) ? Optional.of(life(broker).processId()) : Optional.empty();
    }

    public boolean isRunning(int broker) {
        check(broker);
        Broker life = brokers.get(broker);
        return life != null && life.isRunning();
    }

    private Broker life(int broker) {
        @Nullable Broker life = brokers.get(broker);
        if (life == null) {
            throw new IllegalStateException("Broker " + broker + " was never started");
        }
        return life;
    }

    private void check(int broker) {
        if (!numbers.contains(broker)) {
            throw new IllegalArgumentException(
                    "There is no broker " + broker + "; they are numbered from 1 to " + numbers.size());
        }
    }

    private void ensureOpen() {
        if (closed) {
            throw new IllegalStateException("This DevKafka in " + folder.path() + " is closed");
        }
    }
}
