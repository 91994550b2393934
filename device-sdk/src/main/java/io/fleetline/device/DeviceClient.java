package io.fleetline.device;

import io.fleetline.device.internal.command.CommandRunner;
import io.fleetline.device.internal.command.Handling;
import io.fleetline.device.internal.command.MemoryLedger;
import io.fleetline.device.internal.command.OutcomeLane;
import io.fleetline.device.internal.connection.ConnectionKeeper;
import io.fleetline.device.internal.connection.Counters;
import io.fleetline.device.internal.connection.Status;
import io.fleetline.device.internal.connection.Time;
import io.fleetline.device.internal.outbox.OutboxSnapshot;
import io.fleetline.protocol.Attributes;
import io.fleetline.protocol.ClockQuality;
import io.fleetline.protocol.DeviceId;
import io.fleetline.protocol.Item;
import io.fleetline.protocol.cbor.FrameEncoder;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CancellationException;
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
    private static final Duration CLOSE_GRACE = Duration.ofSeconds(5);

    private final DeviceConfig config;
    private final DeviceRuntime runtime;
    private final boolean ownsRuntime;
    private final ConnectionKeeper keeper;
    private final AtomicLong published = new AtomicLong();
    private final CommandRunner commands;
    private volatile boolean closing;

    private DeviceClient(Builder builder) {
        config = builder.config();
        ownsRuntime = builder.runtime.isEmpty();
        runtime = builder.runtime.orElseGet(DeviceRuntime::create);
        Time time = runtime.loop().time();
        Consumer<Status> listener = builder.listener
                .<Consumer<Status>>map(
                        hearer -> status -> hearer.connectionChanged(Translations.status(status, time.nanos())))
                .orElse(status -> {});
        try {
            Authorization authorization = new Authorization(config.identity(), config.credential());
            keeper = new ConnectionKeeper(
                    runtime.loop(),
                    runtime.transport(config.tls()),
                    Translations.connection(config, authorization.isRenewable()),
                    Translations.settings(config.outbox()),
                    authorization::header,
                    runtime.application(),
                    runtime.disk(),
                    listener,
                    new SecureRandom());
            commands = new CommandRunner(
                    runtime.loop(),
                    new MemoryLedger(),
                    new OutcomeLane(keeper),
                    runtime.application(),
                    builder.handlers,
                    config.commands().concurrency(),
                    config.commands().maxWaiting());
            keeper.commandsTo(commands);
            runtime.joined(this);
        } catch (io.fleetline.device.internal.outbox.OutboxInUseException e) {
            closeOwnRuntime();
            throw new OutboxInUseException(config.identity() + ": " + e.getMessage());
        } catch (RuntimeException e) {
            closeOwnRuntime();
            throw e;
        }
    }

    private void closeOwnRuntime() {
        if (ownsRuntime) {
            runtime.close();
        }
    }

    /** Begins a client from code. */
    public static Builder builder() {
        return new Builder();
    }

    /** Begins a client from a configuration; what the builder is told afterwards goes before it. */
    public static Builder builder(DeviceConfig config) {
        return new Builder().config(config);
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
     * is left stays in an outbox on disk, and is lost with one in memory. A second call waits for the first.
     *
     * @return whether the outbox is empty
     */
    public boolean close(Duration timeout) {
        closing = true;
        long deadlineNanos = runtime.loop().time().nanos() + timeout.toNanos();
        keeper.close(deadlineNanos);
        try {
            keeper.closed().get(timeout.plus(CLOSE_GRACE).toNanos(), TimeUnit.NANOSECONDS);
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

    /** Takes no more events and begins to end, without waiting. */
    void beginToClose() {
        closing = true;
        keeper.close(runtime.loop().time().nanos());
    }

    /** As {@link #close(Duration)} with {@link #DEFAULT_CLOSE_TIMEOUT}. */
    @Override
    public void close() {
        close(DEFAULT_CLOSE_TIMEOUT);
    }

    /** Says what a client should be like. An endpoint, an identity and a credential are needed; the rest has defaults. */
    public static final class Builder {
        private List<URI> endpoints = List.of();
        private Optional<DeviceId> identity = Optional.empty();
        private Optional<Credential> credential = Optional.empty();
        private TlsConfig tls = TlsConfig.JDK_DEFAULT;
        private OutboxConfig outbox = OutboxConfig.memory();
        private SendingConfig sending = SendingConfig.DEFAULT;
        private CommandConfig commands = CommandConfig.DEFAULT;
        private Duration connectTimeout = DeviceConfig.DEFAULT_CONNECT_TIMEOUT;
        private String software = "";
        private Optional<DeviceRuntime> runtime = Optional.empty();
        private Optional<ConnectionListener> listener = Optional.empty();
        private final Map<String, Handling> handlers = new LinkedHashMap<>();

        private Builder() {}

        private Builder config(DeviceConfig config) {
            endpoints = config.endpoints();
            identity = Optional.of(config.identity());
            credential = Optional.of(config.credential());
            tls = config.tls();
            outbox = config.outbox();
            sending = config.sending();
            commands = config.commands();
            connectTimeout = config.connectTimeout();
            software = config.software();
            return this;
        }

        private DeviceConfig config() {
            return new DeviceConfig(
                    identity.orElseThrow(() -> new IllegalArgumentException("identity is missing")),
                    endpoints,
                    credential.orElseThrow(() -> new IllegalArgumentException("credential is missing")),
                    tls,
                    outbox,
                    sending,
                    commands,
                    connectTimeout,
                    software);
        }

        /** Where nodes listen: {@code wss://host:port/connect}; one or more. */
        public Builder endpoint(URI... uris) {
            endpoints = List.of(uris);
            return this;
        }

        /** Who the device is. */
        public Builder identity(DeviceId id) {
            identity = Optional.of(id);
            return this;
        }

        /** The secret that the registry made for the device. */
        public Builder secret(String secret) {
            return credential(Credential.secret(secret));
        }

        /** How the device proves who it is. */
        public Builder credential(Credential proof) {
            credential = Optional.of(proof);
            return this;
        }

        /** A PEM file with the certificates of the authorities to trust, in place of those that the JDK trusts. */
        public Builder trustedCertificates(Path pem) {
            return tls(TlsConfig.trusting(pem));
        }

        /** Whom the device trusts. */
        public Builder tls(TlsConfig config) {
            tls = config;
            return this;
        }

        /** How events are kept until they are stored; {@link OutboxConfig#memory()} unless told. */
        public Builder outbox(OutboxConfig config) {
            outbox = config;
            return this;
        }

        /** How events are put together into frames. */
        public Builder sending(SendingConfig config) {
            sending = config;
            return this;
        }

        /** How commands are run. */
        public Builder commands(CommandConfig config) {
            commands = config;
            return this;
        }

        /** How long an attempt to connect may take. */
        public Builder connectTimeout(Duration timeout) {
            connectTimeout = timeout;
            return this;
        }

        /** What runs on the device, such as {@code host-sensor/1.4}; told to the node. */
        public Builder software(String nameAndVersion) {
            software = nameAndVersion;
            return this;
        }

        /** The runtime to share with other clients. It is not closed with this client. */
        public Builder runtime(DeviceRuntime shared) {
            runtime = Optional.of(shared);
            return this;
        }

        /** Who hears of changes of the connection. */
        public Builder onConnectionChange(ConnectionListener hearer) {
            listener = Optional.of(hearer);
            return this;
        }

        /**
         * Who handles the commands of this name. Commands of other names end as UNKNOWN_COMMAND, which is why handlers are
         * told here and not later.
         *
         * @throws IllegalArgumentException if the name has a handler already
         */
        public Builder onCommand(String name, CommandHandler handler, CommandOption... options) {
            return handling(name, Translations.handling(handler, options));
        }

        /**
         * Who handles the commands of this name without holding a thread.
         *
         * @throws IllegalArgumentException if the name has a handler already
         */
        public Builder onCommandAsync(String name, AsyncCommandHandler handler, CommandOption... options) {
            return handling(name, Translations.handlingAsync(handler, options));
        }

        private Builder handling(String name, Handling handling) {
            if (handlers.putIfAbsent(name, handling) != null) {
                throw new IllegalArgumentException("command " + name + " has a handler already");
            }
            return this;
        }

        /**
         * Makes the client, and opens its outbox. It connects once it is {@linkplain DeviceClient#start started}.
         *
         * @throws IllegalArgumentException naming what is missing or does not fit
         * @throws OutboxInUseException if another client or process uses the outbox's directory
         */
        public DeviceClient build() {
            return new DeviceClient(this);
        }
    }
}
