package io.fleetline.system.delivery;

import io.fleetline.device.internal.connection.ConnectionKeeper;
import io.fleetline.device.internal.connection.ConnectionLoop;
import io.fleetline.device.internal.connection.ConnectionSettings;
import io.fleetline.device.internal.connection.Credentials;
import io.fleetline.device.internal.connection.Link;
import io.fleetline.device.internal.connection.Phase;
import io.fleetline.device.internal.connection.Proof;
import io.fleetline.device.internal.connection.SendingRules;
import io.fleetline.device.internal.connection.Time;
import io.fleetline.device.internal.connection.Transport;
import io.fleetline.device.internal.log.FaultyDisk;
import io.fleetline.device.internal.log.LogFormat;
import io.fleetline.device.internal.outbox.Outbox;
import io.fleetline.device.internal.outbox.OutboxFullException;
import io.fleetline.device.internal.outbox.OutboxInUseException;
import io.fleetline.device.internal.outbox.OutboxSettings;
import io.fleetline.device.internal.outbox.OutboxSnapshot;
import io.fleetline.device.internal.outbox.StorageState;
import io.fleetline.protocol.Attributes;
import io.fleetline.protocol.Item;
import io.fleetline.protocol.Lane;
import io.fleetline.protocol.cbor.BodyCodec;
import io.fleetline.protocol.cbor.FrameEncoder;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** One life of a device's process: the real loop, keeper and outbox on a disk in memory, from its start to its end. */
final class DeviceProcess implements Time {
    private final World world;
    private final String name;
    private final ConnectionLoop loop;
    private final ConnectionKeeper keeper;
    private final Device device;
    private final List<Event> unpromised = new ArrayList<>();
    private final long skewMillis;
    private boolean alive = true;

    /** @throws Crash if the process ends while it opens its outbox */
    DeviceProcess(
            World world,
            Device device,
            String name,
            OutboxSettings settings,
            LogFormat format,
            FaultyDisk disk,
            List<URI> endpoints) {
        this.world = world;
        this.device = device;
        this.name = name;
        this.skewMillis =
                world.random.nextInt(4) == 0 ? -world.random.nextLong(1_000_000_000_000L) : world.random.nextInt(5_000);
        this.loop = new ConnectionLoop(this);
        ConnectionSettings connection = new ConnectionSettings(
                Network.DEVICE,
                endpoints,
                BodyCodec.encode(Map.of()),
                new SendingRules(
                        world.random.nextInt(4) == 0 ? world.millis(20) : 0,
                        1 + world.random.nextInt(4),
                        200 + world.random.nextInt(2_000)),
                Duration.ofSeconds(5).toNanos(),
                false);
        try {
            this.keeper = new ConnectionKeeper(
                    loop,
                    new NetworkTransport(),
                    connection,
                    (random, listener, nowNanos, unixMillis) ->
                            Outbox.open(settings, disk, format, random, listener, nowNanos, unixMillis),
                    new NoCredentials(),
                    task -> world.time.soon(() -> whileAlive(task)),
                    this::onDisk,
                    status -> {},
                    world.random);
        } catch (OutboxInUseException e) {
            throw new BrokenInvariant(Invariant.NO_INTERNAL_ERROR, "nobody else uses the disk: " + e.getMessage());
        }
        world.tell(name, () -> "starts: " + snapshot());
        keeper.start();
    }

    String name() {
        return name;
    }

    boolean isAlive() {
        return alive;
    }

    @Override
    public long nanos() {
        return world.time.nanos();
    }

    @Override
    public long unixMillis() {
        return world.time.unixMillis() + skewMillis;
    }

    /** Does what is due. Returns when something is due next. */
    long runLoop() {
        return alive ? loop.runOnce() : Long.MAX_VALUE;
    }

    private void whileAlive(Runnable task) {
        if (alive) {
            task.run();
        }
    }

    private void onDisk(Runnable task) {
        world.time.after(
                world.random.nextBoolean() ? 0 : world.delay(),
                () -> whileAlive(() -> {
                    try {
                        task.run();
                        notePromises();
                    } catch (Crash crash) {
                        device.crashed(crash);
                    }
                }));
    }

    /** What is on the disk now, as far as the disk says, is promised to outlive whatever comes. */
    void notePromises() {
        OutboxSnapshot now = snapshot();
        boolean writing = now.storage() == StorageState.DURABLE || now.storage() == StorageState.BUFFERED;
        if (writing && now.unwrittenBytes() == 0) {
            unpromised.forEach(Event::promise);
            unpromised.clear();
        }
    }

    OutboxSnapshot snapshot() {
        return keeper.outbox().snapshot(nanos());
    }

    /** Whether its disk took nothing when it started, so that its items are in memory. */
    boolean isWithoutItsDisk() {
        return snapshot().storage() == StorageState.DISK_UNUSABLE;
    }

    boolean isConnected() {
        return alive && keeper.status().phase() == Phase.CONNECTED;
    }

    boolean isSettled() {
        OutboxSnapshot now = snapshot();
        return alive && now.acked().equals(now.last());
    }

    /** Publishes an event, unless there is no room. */
    Optional<Event> publish(long value, Lane lane, int padding, boolean spoilt, long ttlNanos) {
        Event event = new Event(world, this, lane, value);
        Item item = new Item.Event(
                "t" + value % 3, Math.max(0, unixMillis()), Event.body(value, padding, spoilt), Attributes.NONE);
        OutboxSnapshot now = snapshot();
        event.store = now.store();
        event.run = now.run();
        try {
            event.seq = keeper.outbox().append(lane, FrameEncoder.encode(item), ttlNanos, 0, event, nanos());
        } catch (OutboxFullException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        world.tell(name, () -> "publishes " + event);
        unpromised.add(event);
        return Optional.of(event);
    }

    /** Ends in good order. */
    void close() {
        keeper.close(nanos() + Duration.ofSeconds(3).toNanos());
    }

    boolean isClosed() {
        return keeper.closed().isDone();
    }

    /** Is gone from now on. */
    void die() {
        alive = false;
    }

    private final class NetworkTransport implements Transport {
        @Override
        public Link dial(URI endpoint, Optional<String> authorization, Link.Listener listener) {
            return world.network.dial(DeviceProcess.this, endpoint, listener);
        }

        @Override
        public void refresh() {
            // There are no keys.
        }

        @Override
        public void nodeTime(long unixMillis) {
            // Nobody checks certificates.
        }
    }

    /** Nodes here ask nobody who it is. */
    private static final class NoCredentials implements Credentials {
        @Override
        public boolean isRenewable() {
            return false;
        }

        @Override
        public CompletionStage<Proof> obtain(boolean another, long unixMillis) {
            return CompletableFuture.completedFuture(Proof.BY_CERTIFICATE);
        }
    }
}
