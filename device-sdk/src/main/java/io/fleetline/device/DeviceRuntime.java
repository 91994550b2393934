package io.fleetline.device;

import io.fleetline.device.internal.connection.ConnectionLoop;
import io.fleetline.device.internal.connection.SystemTime;
import io.fleetline.device.internal.connection.Transport;
import io.fleetline.device.internal.transport.JettyTransports;
import io.fleetline.device.internal.transport.QuietLogging;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What clients share: the thread that keeps their connections, the transport, and the threads that run the application's
 * code. A client that is given none has one of its own and closes it with itself; a process with many devices builds one,
 * hands it to all, and closes it after them.
 *
 * <p>All methods can be called from any thread.
 */
public final class DeviceRuntime implements AutoCloseable {
    static {
        QuietLogging.unlessBound();
    }

    /** The most threads that run the application's code, unless it brings an executor. */
    private static final int APPLICATION_THREADS = 4;

    /** The most threads that wait for disks. */
    private static final int DISK_THREADS = 2;

    /** How long a thread that has nothing to do stays. */
    private static final Duration IDLE = Duration.ofSeconds(20);

    private final ConnectionLoop loop = new ConnectionLoop(new SystemTime());
    private final Thread loopThread = new Thread(loop::run, "fleetline-loop");
    private final JettyTransports transports;
    private final Executor application;
    private final Optional<ExecutorService> ownApplication;
    private final ExecutorService disk;

    /** Guarded by itself, as is {@link #closed}. */
    private final Set<DeviceClient> clients = new HashSet<>();

    private boolean closed;

    private DeviceRuntime(Builder builder) {
        transports = new JettyTransports(loop, Build.MILLIS, builder.idle);
        disk = pool("fleetline-disk", DISK_THREADS, builder.idle);
        ownApplication = builder.applicationExecutor.isPresent()
                ? Optional.empty()
                : Optional.of(pool("fleetline-app", APPLICATION_THREADS, builder.idle));
        application = builder.applicationExecutor.orElseGet(ownApplication::orElseThrow);
        loopThread.setDaemon(true);
        loopThread.start();
    }

    /** A runtime with the defaults. */
    public static DeviceRuntime create() {
        return builder().build();
    }

    /** Begins a runtime. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Ends the runtime, and every client that still uses it without waiting for what is in its outbox. To be called from
     * another thread than those that run the application's callbacks. Waits for as long as one client after the other ends.
     *
     * @throws IllegalStateException if clients did not end as they should, with the reason of each as a suppressed exception:
     *     those that are left when none ended for 5 s; all else is ended even so
     */
    @Override
    public void close() {
        List<DeviceClient> left;
        synchronized (clients) {
            if (closed) {
                return;
            }
            closed = true;
            left = new ArrayList<>(clients);
        }
        awaitAll(left.stream().map(DeviceClient::beginToClose).toList(), DeviceClient.CLOSE_GRACE);
        IllegalStateException failed = new IllegalStateException("clients did not end as they should");
        for (DeviceClient client : left) {
            try {
                client.end(Duration.ZERO);
            } catch (IllegalStateException e) {
                failed.addSuppressed(e);
            }
        }
        transports.close();
        loop.stop();
        disk.shutdown();
        ownApplication.ifPresent(ExecutorService::shutdown);
        if (failed.getSuppressed().length > 0) {
            throw failed;
        }
    }

    /**
     * Waits until all have completed, however long that takes while one after the other does.
     *
     * @param grace gives up once none has completed for this long, or the thread is interrupted
     * @return whether all have
     */
    static boolean awaitAll(List<CompletableFuture<Void>> ends, Duration grace) {
        Semaphore completed = new Semaphore(0);
        for (CompletableFuture<Void> end : ends) {
            var unused = end.whenComplete((nothing, failure) -> completed.release());
        }
        try {
            for (int i = 0; i < ends.size(); i++) {
                if (!completed.tryAcquire(grace.toNanos(), TimeUnit.NANOSECONDS)) {
                    return false;
                }
            }
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    ConnectionLoop loop() {
        return loop;
    }

    Executor application() {
        return application;
    }

    Executor disk() {
        return disk;
    }

    Transport transport(DeviceConfig config) {
        return transports.with(Translations.transport(config));
    }

    void joined(DeviceClient client) {
        synchronized (clients) {
            if (closed) {
                throw new IllegalStateException("the runtime is closed");
            }
            clients.add(client);
        }
    }

    void left(DeviceClient client) {
        synchronized (clients) {
            clients.remove(client);
        }
    }

    /** Threads that come with the work and go without. */
    private static ExecutorService pool(String name, int threads, Duration idle) {
        AtomicInteger number = new AtomicInteger();
        ThreadPoolExecutor pool = new ThreadPoolExecutor(
                threads, threads, idle.toMillis(), TimeUnit.MILLISECONDS, new LinkedBlockingQueue<>(), task -> {
                    Thread thread = new Thread(task, name + "-" + number.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    /** Says what a runtime should be like. */
    public static final class Builder {
        private Optional<Executor> applicationExecutor = Optional.empty();
        private Duration idle = IDLE;

        private Builder() {}

        /**
         * Where handlers of commands, listeners and the stages of receipts run. The default is up to 4 daemon threads that
         * are there only while there is something to do. An executor that the application brings stays its own to close,
         * after the runtime: receipts and callbacks that it rejects are lost.
         */
        public Builder applicationExecutor(Executor executor) {
            applicationExecutor = Optional.of(executor);
            return this;
        }

        /** How long a thread that has nothing to do stays: what a test may not have the time to wait for. */
        Builder idle(Duration stay) {
            idle = stay;
            return this;
        }

        /** Starts the runtime. */
        public DeviceRuntime build() {
            return new DeviceRuntime(this);
        }
    }
}
