package io.fleetline.device;

import io.fleetline.device.internal.command.CommandLedger;
import io.fleetline.device.internal.command.CommandRunner;
import io.fleetline.device.internal.command.DurableLedger;
import io.fleetline.device.internal.command.MemoryLedger;
import io.fleetline.device.internal.command.OutcomeLane;
import io.fleetline.device.internal.connection.ConnectionKeeper;
import io.fleetline.device.internal.connection.Counters;
import io.fleetline.device.internal.connection.Credentials;
import io.fleetline.device.internal.connection.Status;
import io.fleetline.device.internal.connection.Time;
import io.fleetline.device.internal.connection.Transport;
import io.fleetline.device.internal.log.DiskInUseException;
import io.fleetline.device.internal.outbox.Outbox;
import io.fleetline.device.internal.outbox.OutboxSnapshot;
import io.fleetline.protocol.Attributes;
import io.fleetline.protocol.ClockQuality;
import io.fleetline.protocol.DeviceId;
import io.fleetline.protocol.Item;
import io.fleetline.protocol.cbor.FrameEncoder;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * A device's connection to its backend: publishes events and answers commands.
 *
 * <pre>{@code
 * try (DeviceClient client = DeviceClient.builder()
 *         .endpoint(URI.create("wss://ingest.example.com:8443/connect"))
 *         .identity(DeviceId.parse("acme/boiler-7"))
 *         .secret(System.getenv("DEVICE_SECRET"))
 *         .outbox(OutboxConfig.durable(Path.of("/var/lib/boiler/outbox")))
 *         .onCommand("set-target", command -> {
 *             boiler.setTarget((double) command.body().asMap().get("celsius"));
 *             return CommandResult.done();
 *         })
 *         .build()) {
 *     client.start();
 *     client.publish("temperature", Map.of("celsius", 61.5))
 *             .thenAccept(receipt -> log("stored as number " + receipt.seq()));
 * }
 * }</pre>
 *
 * <p>A connection that breaks is made again, for ever, with pauses that spare the backend; a lost connection is a state
 * ({@link #status}), never an exception. Events wait in the outbox meanwhile and are sent again until a node has stored
 * them.
 *
 * <p>All methods can be called from any thread.
 */
public final class DeviceClient implements AutoCloseable {
    /** How long {@link #close()} tries to empty the outbox. */
    public static final Duration DEFAULT_CLOSE_TIMEOUT = Duration.ofSeconds(5);

    /** How much longer than its timeout {@code close} waits for the loop to say that it is done. */
    static final Duration CLOSE_GRACE = Duration.ofSeconds(5);

    /** The directory in the outbox's where the ledger of commands is. */
    private static final String LEDGER = "ledger";

    private final DeviceConfig config;
    private final DeviceRuntime runtime;
    private final boolean ownsRuntime;
    private final ConnectionKeeper keeper;
    /** Completes once the outbox and the ledger are closed. */
    private final CompletableFuture<Void> ended;

    private final AtomicLong published = new AtomicLong();
    private final CommandLedger ledger;
    private final CommandRunner commands;
    private volatile boolean closing;

    DeviceClient(DeviceClientBuilder builder) {
        config = builder.config();
        ownsRuntime = builder.runtime().isEmpty();
        runtime = builder.runtime().orElseGet(DeviceRuntime::create);
        Time time = runtime.loop().time();
        Consumer<Status> listener = builder.listener()
                .<Consumer<Status>>map(
                        hearer -> status -> hearer.connectionChanged(Translations.status(status, time.nanos())))
                .orElse(status -> {});
        try {
            Transport transport = runtime.transport(config);
            Credentials credentials =
                    Proofs.of(config.identity(), config.credential(), transport, runtime.disk(), runtime.application());
            keeper = new ConnectionKeeper(
                    runtime.loop(),
                    transport,
                    Translations.connection(config, credentials.isRenewable()),
                    (random, signals, nanos, millis) ->
                            Outbox.open(Translations.settings(config.outbox()), random, signals, nanos, millis),
                    credentials,
                    runtime.application(),
                    runtime.disk(),
                    listener,
                    new SecureRandom());
            ledger = ledger();
            commands = new CommandRunner(
                    runtime.loop(),
                    ledger,
                    new OutcomeLane(keeper.outbox(), time::nanos, keeper::maxItemBytes),
                    keeper::unixMillis,
                    runtime.application(),
                    builder.handlers(),
                    config.commands().concurrency(),
                    config.commands().maxWaiting());
            keeper.commandsTo(commands);
            ended = keeper.closed().thenCompose(outbox -> closeLedger());
            runtime.joined(this);
        } catch (io.fleetline.device.internal.outbox.OutboxInUseException e) {
            closeOwnRuntime();
            throw new OutboxInUseException(config.identity() + ": " + e.getMessage());
        } catch (RuntimeException e) {
            closeOwnRuntime();
            throw e;
        }
    }

    private CommandLedger ledger() {
        Optional<Path> directory = config.outbox().directory();
        if (directory.isEmpty()) {
            return new MemoryLedger(runtime.loop());
        }
        try {
            return DurableLedger.open(
                    directory.get().resolve(LEDGER), runtime.loop(), runtime.disk(), new SecureRandom());
        } catch (DiskInUseException e) {
            keeper.close(runtime.loop().time().nanos());
            throw new OutboxInUseException(config.identity() + ": " + e.getMessage());
        }
    }

    private void closeOwnRuntime() {
        if (ownsRuntime) {
            runtime.close();
        }
    }

    /** Begins a client from code. */
    public static DeviceClientBuilder builder() {
        return new DeviceClientBuilder();
    }

    /** Begins a client from a configuration; what the builder is told afterwards goes before it. */
    public static DeviceClientBuilder builder(DeviceConfig config) {
        return new DeviceClientBuilder().config(config);
    }

    /** Begins to connect, and returns at once. A second call does nothing. */
    public DeviceClient start() {
        runtime.loop().execute(commands::resume);
        keeper.start();
        return this;
    }

    /** Who this device is. */
    public DeviceId identity() {
        return config.identity();
    }

    /** What this client was told. */
    public DeviceConfig config() {
        return config;
    }

    /**
     * Publishes an event on the normal lane, as happened now.
     *
     * @param channel what it is about: 1 to 128 of {@code [A-Za-z0-9._/-]}
     * @param body as for {@link Body#of}: maps, lists, texts, numbers, booleans, byte arrays, or a {@link Body}
     * @return as {@link #publish(Event)}
     * @throws IllegalArgumentException as {@link #publish(Event)} and {@link Body#of}
     */
    public CompletionStage<Receipt> publish(String channel, Object body) {
        return publish(Event.of(channel, body));
    }

    /**
     * Publishes an event on the normal lane, as happened now, with a body that an encoder makes.
     *
     * @param channel what it is about: 1 to 128 of {@code [A-Za-z0-9._/-]}
     * @return as {@link #publish(Event)}
     * @throws IllegalArgumentException as {@link #publish(Event)} and the encoder
     */
    public <T> CompletionStage<Receipt> publish(String channel, T value, Encoder<? super T> encoder) {
        return publish(Event.of(channel, value, encoder));
    }

    /**
     * Publishes an event. When this returns, the outbox has it and its place in its lane is fixed: events that one thread
     * publishes on one lane are stored in that order. The call waits only where the outbox is full and its policy is
     * {@link OverflowPolicy.Block}.
     *
     * @return completes on the runtime's application executor once the event is stored in Kafka; with
     *     {@link EventDroppedException} if it never will be; with {@link ClientClosedException} if the client is closed
     *     before it is known. It is never completed because a connection broke. Cancelling has no effect.
     * @throws IllegalArgumentException if the channel, the source or another part is not of its form
     * @throws EventTooLargeException if the encoded event is larger than nodes accept: 32 KiB, or what the node said
     * @throws OutboxFullException if there is no room and the policy makes none
     * @throws ClientClosedException if the client is closed
     */
    public CompletionStage<Receipt> publish(Event event) {
        byte[] item = encode(event);
        PendingReceipt receipt = new PendingReceipt(config.identity());
        try {
            if (closing) {
                throw new ClientClosedException(config.identity() + " is closed");
            }
            keeper.outbox()
                    .append(
                            event.lane(),
                            item,
                            event.ttl().map(Duration::toNanos).orElse(0L),
                            Translations.waitNanos(config.outbox().overflow()),
                            receipt,
                            runtime.loop().time().nanos());
        } catch (io.fleetline.device.internal.outbox.OutboxFullException e) {
            throw new OutboxFullException(config.identity() + ": " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new OutboxFullException(config.identity() + ": interrupted while waiting for room");
        } catch (IllegalStateException e) {
            throw new ClientClosedException(config.identity() + " is closed");
        }
        published.incrementAndGet();
        return receipt;
    }

    private byte[] encode(Event event) {
        if (event.channel().startsWith("$")) {
            throw new IllegalArgumentException("channel " + event.channel() + " is reserved: it begins with $");
        }
        OptionalLong nodeTime = keeper.nodeUnixMillis();
        long timeMillis = event.time()
                .map(Instant::toEpochMilli)
                .orElseGet(() -> nodeTime.orElseGet(runtime.loop().time()::unixMillis));
        ClockQuality quality = event.clockQuality()
                .orElse(
                        event.time().isEmpty() && nodeTime.isPresent()
                                ? ClockQuality.SERVER_SYNCHRONISED
                                : ClockQuality.DEVICE);
        Attributes attributes =
                new Attributes(event.body().contentType(), quality, event.traceparent(), event.source());
        byte[] item = FrameEncoder.encode(
                new Item.Event(event.channel(), timeMillis, event.body().payload(), attributes));
        if (item.length > keeper.maxItemBytes()) {
            throw new EventTooLargeException(event.channel(), item.length, keeper.maxItemBytes());
        }
        return item;
    }

    /** How this client stands with its nodes. */
    public ConnectionStatus status() {
        return Translations.status(keeper.status(), runtime.loop().time().nanos());
    }

    /** Counts and measures, taken now. */
    public Statistics statistics() {
        OutboxSnapshot held = keeper.outbox().snapshot(runtime.loop().time().nanos());
        Counters counters = keeper.counters();
        OptionalLong nodeTime = keeper.nodeUnixMillis();
        return new Statistics(
                held.items(),
                held.bytes(),
                Translations.mode(held.storage().keeps()),
                Translations.disk(held.storage()),
                held.items() == 0 ? Optional.empty() : Optional.of(Duration.ofNanos(held.oldestAgeNanos())),
                counters.inFlightItems(),
                counters.inFlightBytes(),
                published.get(),
                counters.acknowledged(),
                counters.dropped(),
                counters.sent(),
                counters.resent(),
                counters.framesSent(),
                counters.bytesSent(),
                counters.connects(),
                counters.failures(),
                commands.received(),
                commands.done(),
                counters.roundTripNanos() < 0
                        ? Optional.empty()
                        : Optional.of(Duration.ofNanos(counters.roundTripNanos())),
                nodeTime.isEmpty()
                        ? Optional.empty()
                        : Optional.of(Duration.ofMillis(
                                nodeTime.getAsLong() - runtime.loop().time().unixMillis())));
    }

    /**
     * Waits until all that was published before this call is stored or dropped.
     *
     * @return whether it is; false if the time ran out or the client was closed first
     * @throws InterruptedException if the thread is interrupted meanwhile
     */
    public boolean flush(Duration timeout) throws InterruptedException {
        try {
            keeper.flushed().get(timeout.toNanos(), TimeUnit.NANOSECONDS);
            return true;
        } catch (TimeoutException | CancellationException e) {
            return false;
        } catch (ExecutionException e) {
            throw new IllegalStateException("flushing failed", e);
        }
    }

    /**
     * Takes no more events and no more commands, sends what the outbox has as long as the timeout allows, and ends. What
     * is left stays in an outbox on disk, and is lost with one in memory. Commands that still run when the time is over
     * count as interrupted. A second call waits for the first.
     *
     * @return whether the outbox is empty
     */
    public boolean close(Duration timeout) {
        closing = true;
        long deadlineNanos = runtime.loop().time().nanos() + timeout.toNanos();
        keeper.close(deadlineNanos);
        return end(timeout.plus(CLOSE_GRACE));
    }

    /**
     * Leaves the runtime once the outbox and the ledger are closed, which has begun.
     *
     * @param wait how long that may still take
     */
    boolean end(Duration wait) {
        try {
            ended.get(wait.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (TimeoutException e) {
            throw new IllegalStateException(
                    config.identity() + " did not end within " + CLOSE_GRACE + " after its timeout", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("closing " + config.identity() + " failed", e);
        } finally {
            runtime.left(this);
            closeOwnRuntime();
        }
        OutboxSnapshot held = keeper.outbox().snapshot(runtime.loop().time().nanos());
        return held.acked().equals(held.last());
    }

    private CompletableFuture<Void> closeLedger() {
        CompletableFuture<Void> closed = new CompletableFuture<>();
        runtime.loop().execute(() -> ledger.close(() -> closed.complete(null)));
        return closed;
    }

    /** Takes no more events and begins to end, without waiting; completes once the outbox and the ledger are closed. */
    CompletableFuture<Void> beginToClose() {
        closing = true;
        keeper.close(runtime.loop().time().nanos());
        return ended;
    }

    /** As {@link #close(Duration)} with {@link #DEFAULT_CLOSE_TIMEOUT}. */
    @Override
    public void close() {
        close(DEFAULT_CLOSE_TIMEOUT);
    }
}
