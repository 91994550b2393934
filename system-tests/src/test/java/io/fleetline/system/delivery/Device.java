package io.fleetline.system.delivery;

import io.fleetline.device.internal.log.FaultyDisk;
import io.fleetline.device.internal.log.FaultyDisk.Survival;
import io.fleetline.device.internal.log.LogFormat;
import io.fleetline.device.internal.outbox.OutboxMode;
import io.fleetline.device.internal.outbox.OutboxSettings;
import io.fleetline.device.internal.outbox.Overflow;
import io.fleetline.system.delivery.Coverage.Seen;
import io.fleetline.system.delivery.Scenario.Trouble;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A device: its disk, and one process after the other on it. */
final class Device {
    private static final Survival[] SURVIVALS = Survival.values();

    private final World world;
    private final String name;
    private final OutboxSettings settings;
    private final LogFormat format;
    private final List<URI> endpoints;
    private FaultyDisk disk;
    private Optional<FaultyDisk> image = Optional.empty();
    private Optional<DeviceProcess> process = Optional.empty();
    private int lives;

    /** After how many more writes the process ends; negative for not at all. */
    private int writesLeft = -1;

    private boolean endsByPowerCut;
    private boolean beside;

    Device(World world, OutboxMode mode) {
        this(world, "device", settings(world, mode), new FaultyDisk(), format(world), endpoints(world));
    }

    private Device(
            World world, String name, OutboxSettings settings, FaultyDisk disk, LogFormat format, List<URI> endpoints) {
        this.world = world;
        this.name = name;
        this.settings = settings;
        this.disk = disk;
        this.format = format;
        this.endpoints = endpoints;
    }

    private static OutboxSettings settings(World world, OutboxMode mode) {
        boolean tight = world.has(Trouble.OVERFLOW);
        long most = tight ? 1_000L << world.random.nextInt(3) : 1 << 16;
        Overflow overflow =
                !tight ? Overflow.REFUSE : world.random.nextInt(4) == 0 ? Overflow.KEEP_NEWEST : Overflow.DROP_OLDEST;
        if (mode == OutboxMode.MEMORY) {
            return OutboxSettings.inMemory(most, 20_000, overflow);
        }
        long memory = Math.min(most, 1_000L << world.random.nextInt(3));
        return new OutboxSettings(mode, Optional.of(Path.of("in-memory")), most, memory, 20_000, overflow);
    }

    private static LogFormat format(World world) {
        return new LogFormat("outbox", (byte) 'O', (8 << world.random.nextInt(2)) * 512, 512);
    }

    private static List<URI> endpoints(World world) {
        // Copies of a device are noticed by the node that both are connected to.
        return world.has(Trouble.COPY)
                ? List.of(Node.endpoint(0))
                : world.nodes.stream().map(Node::endpoint).toList();
    }

    Optional<DeviceProcess> process() {
        return process;
    }

    OutboxMode mode() {
        return settings.mode();
    }

    long runLoop() {
        return process.isPresent() ? process.get().runLoop() : Long.MAX_VALUE;
    }

    void start() {
        if (process.isPresent()) {
            return;
        }
        disk.observe(this::written);
        disk.kill();
        String life = name + " #" + ++lives;
        trouble();
        try {
            process = Optional.of(new DeviceProcess(world, this, life, settings, format, disk, endpoints));
            process.filter(DeviceProcess::isWithoutItsDisk)
                    .ifPresent(any -> world.count(Seen.STORES_IN_MEMORY_INSTEAD));
        } catch (Crash crash) {
            world.tell(life, () -> "is gone while it starts");
            disk = crash.left();
        }
    }

    private void trouble() {
        if (world.calm) {
            disk.misbehave(world.random, 0, 0, 0);
            disk.capacity(Integer.MAX_VALUE);
        } else if (world.has(Trouble.LYING_DISK)) {
            disk.misbehave(world.random, 0, 0, world.random.nextDouble() * 0.6);
            world.count(Seen.FORCED_LIES);
        } else if (world.has(Trouble.FAILING_DISK)) {
            disk.misbehave(world.random, world.random.nextDouble() * 0.1, world.random.nextDouble() * 0.1, 0);
            disk.capacity(world.random.nextInt(3) == 0 ? disk.sectors() + world.random.nextInt(40) : Integer.MAX_VALUE);
            world.count(Seen.DISK_TROUBLES);
        }
    }

    /** The disk behaves from now on. */
    void calmDown() {
        writesLeft = -1;
        trouble();
    }

    /** A write, at which the process may end, and beside which everybody else goes on. */
    private void written(String call) {
        if (writesLeft >= 0 && writesLeft-- == 0) {
            world.count(Seen.CRASHES_IN_A_WRITE);
            throw new Crash(endsByPowerCut ? powerCut() : disk.copy());
        }
        if (!beside && process.isPresent() && world.mishap(0.2)) {
            beside = true;
            world.count(Seen.STEPS_BESIDE_A_WRITE);
            long until = world.time.nanos() + world.delay();
            for (int steps = world.random.nextInt(12); steps > 0 && world.step(until); steps--) {
                // Frames, answers and appends come while the disk is written to.
            }
            beside = false;
        }
    }

    private FaultyDisk powerCut() {
        world.count(Seen.POWER_CUTS);
        Survival survival = SURVIVALS[world.random.nextInt(SURVIVALS.length)];
        return disk.powerCut(world.random, survival, world.random.nextInt(3) == 0 ? 8 : 1);
    }

    void crashed(Crash crash) {
        gone("is gone in the middle of a write", crash.left());
    }

    /** The next write but a few ends the process. */
    void endInAWrite(boolean byPowerCut) {
        writesLeft = world.random.nextInt(6);
        endsByPowerCut = byPowerCut;
    }

    void kill() {
        world.count(Seen.DEVICE_KILLS);
        gone("is killed", disk.copy());
    }

    void cutPower() {
        gone("loses power", powerCut());
    }

    void wipe() {
        world.count(Seen.STORES_WIPED);
        gone("is wiped", new FaultyDisk());
    }

    void saveImage() {
        image = Optional.of(disk.copy());
        world.tell(name, () -> "has its disk saved");
    }

    void restoreImage() {
        if (image.isPresent()) {
            world.count(Seen.IMAGES_RESTORED);
            gone("gets its saved disk back", image.get().copy());
        }
    }

    void rot() {
        world.count(Seen.DISKS_ROTTEN);
        FaultyDisk left = disk.copy();
        if (world.random.nextBoolean()) {
            left.flipBits(world.random, 1 + world.random.nextInt(3));
        } else {
            left.spoil(world.random, 1 + world.random.nextInt(2));
        }
        gone("rots on its disk", left);
    }

    /** A second device on a copy of the disk. */
    Device clone(String as) {
        world.count(Seen.STORES_COPIED);
        world.tell(name, () -> "is copied to " + as);
        return new Device(world, as, settings, disk.copy(), format, endpoints);
    }

    /** Ends in good order, as fast as that goes. */
    void close() {
        if (process.isEmpty()) {
            return;
        }
        DeviceProcess closing = process.get();
        closing.close();
        world.count(Seen.DEVICE_CLOSES);
        boolean closed = world.passUntil(() -> closing.isClosed() || !closing.isAlive(), TimeUnit.SECONDS.toNanos(60));
        if (!closed) {
            throw new BrokenInvariant(Invariant.ALL_SETTLES, closing.name() + " does not close");
        }
        if (closing.isAlive()) {
            closing.notePromises();
            gone("is closed", disk);
        }
    }

    private void gone(String how, FaultyDisk left) {
        world.tell(name, () -> how);
        writesLeft = -1;
        disk = left;
        process.ifPresent(ended -> {
            ended.die();
            world.network.links().stream()
                    .filter(link -> link.device() == ended)
                    .toList()
                    .forEach(Network.DeviceLink::deviceDied);
        });
        process = Optional.empty();
    }
}
