package io.fleetline.system.delivery;

import io.fleetline.protocol.Lane;
import io.fleetline.system.delivery.Coverage.Seen;
import io.fleetline.system.delivery.Scenario.Trouble;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/** One seeded history: a while in which everything goes wrong, then calm, until all is settled. */
final class History {
    private static final int NODES = 3;
    private static final long PATIENCE_NANOS = TimeUnit.HOURS.toNanos(12);

    /** Longer than anything can still be on its way. */
    private static final long REST_NANOS = TimeUnit.MINUTES.toNanos(3);

    private static final int LAST_ROUNDS = 3;

    /** How long the topic keeps records, in a history that is played on. */
    static final Duration RETENTION = Duration.ofMinutes(10);

    private static final long LATER_NANOS = TimeUnit.MINUTES.toNanos(15);

    private final World world;
    private final SplittableRandom random;
    private final List<Lane> lanes;
    private final List<Event> events = new ArrayList<>();
    private long values;
    private long valuesBeforeTheEnd;
    private int quietRecords;
    private boolean copied;

    History(World world) {
        this.world = world;
        this.random = world.random;
        this.lanes = random.nextInt(3) == 0
                ? List.of(Lane.NORMAL, Lane.URGENT, Lane.BACKFILL)
                : List.of(Lane.NORMAL, Lane.URGENT);
    }

    World world() {
        return world;
    }

    List<Event> events() {
        return events;
    }

    /** Events up to this value were published before the last rounds. */
    long valuesBeforeTheEnd() {
        return valuesBeforeTheEnd;
    }

    /** How many records there were when all had come to rest, before the last rounds. */
    int quietRecords() {
        return quietRecords;
    }

    void play() {
        for (int i = 0; i < NODES; i++) {
            world.nodes.add(new Node(world, i));
        }
        world.devices.add(new Device(
                world,
                world.scenario.modes().get(random.nextInt(world.scenario.modes().size()))));
        world.devices.get(0).start();
        act(60 + random.nextInt(180));
        settle();
    }

    /** When the topic has nothing any more of what was, everything goes wrong anew. */
    void playOn() {
        world.count(Seen.HISTORIES_PLAYED_ON);
        world.pass(LATER_NANOS);
        world.tell("history", () -> "troubles again");
        world.calm = false;
        act(20 + random.nextInt(60));
        settle();
    }

    private void act(int steps) {
        for (int step = 0; step < steps; step++) {
            act(world.devices.get(random.nextInt(world.devices.size())));
            world.pass(pause());
        }
    }

    private long pause() {
        return switch (random.nextInt(16)) {
            case 0 -> world.millis(3_000);
            case 1, 2, 3, 4 -> world.millis(60 * world.slowness);
            default -> world.millis(4 * world.slowness);
        };
    }

    private void act(Device device) {
        if (device.process().isEmpty()) {
            if (random.nextInt(3) > 0) {
                device.start();
            }
            return;
        }
        if (!device.process().get().isConnected() && random.nextInt(3) == 0) {
            DeviceProcess waiting = device.process().get();
            world.passUntil(() -> waiting.isConnected() || !waiting.isAlive(), TimeUnit.SECONDS.toNanos(70));
            return;
        }
        if (world.has(Trouble.RESTARTS) && random.nextInt(8) == 0) {
            restart(device);
            return;
        }
        int dice = random.nextInt(1000);
        if (dice < 620) {
            publish(device);
        } else if (dice < 760) {
            network();
        } else if (dice < 800) {
            nodes();
        } else if (dice < 812) {
            world.kafka.goAway(world.millis(random.nextInt(3) == 0 ? 20_000 : 500));
        } else if (dice < 940) {
            misfortune(device);
        } else {
            world.pass(world.millis(300 * world.slowness));
        }
    }

    private void publish(Device device) {
        DeviceProcess process = device.process().orElseThrow();
        for (int left = 1 + random.nextInt(random.nextInt(6) == 0 ? 8 : 3); left > 0; left--) {
            boolean long_ = random.nextInt(8) == 0;
            boolean spoilt = world.has(Trouble.REJECTS) && random.nextInt(12) == 0;
            long ttl = world.has(Trouble.EXPIRY) && random.nextInt(6) == 0 ? 1 + world.millis(4_000) : 0;
            process.publish(
                            ++values,
                            lanes.get(random.nextInt(lanes.size())),
                            random.nextInt(long_ ? 150 : 20),
                            spoilt,
                            ttl)
                    .ifPresent(events::add);
        }
    }

    private void network() {
        List<Network.DeviceLink> links = world.network.links();
        if (links.isEmpty()) {
            return;
        }
        Network.DeviceLink link = links.get(random.nextInt(links.size()));
        switch (random.nextInt(8)) {
            case 0, 1 -> {
                world.count(Seen.PIPES_CUT);
                world.tell("network", () -> "cuts a connection");
                link.pipe.cut();
            }
            case 2 -> {
                world.count(Seen.PIPES_SILENT);
                world.tell("network", () -> "a connection falls silent");
                link.pipe.goSilent();
            }
            case 3, 4 -> {
                world.count(Seen.PIPES_STALLED);
                long nanos = world.millis(random.nextInt(3) == 0 ? 20_000 : 1_000);
                world.tell("network", () -> "a connection stalls for " + nanos / 1_000_000 + " ms");
                link.stall(nanos);
            }
            default -> {
                // It does its work.
            }
        }
    }

    private void nodes() {
        Node node = world.nodes.get(random.nextInt(world.nodes.size()));
        if (node.process().isEmpty()) {
            return;
        }
        NodeProcess process = node.process().get();
        switch (random.nextInt(7)) {
            case 0, 1 -> {
                world.count(Seen.NODE_KILLS);
                boolean silent = random.nextInt(3) == 0;
                world.tell(process.name(), () -> silent ? "is gone with its machine" : "is killed");
                node.die(silent);
            }
            case 2, 3 -> {
                world.count(Seen.NODE_FREEZES);
                long nanos = world.millis(random.nextInt(3) == 0 ? 40_000 : 2_000);
                world.tell(process.name(), () -> "is stopped for " + nanos / 1_000_000 + " ms");
                process.freeze(nanos);
            }
            case 4 -> {
                world.count(Seen.NODE_RESTARTS);
                world.tell(process.name(), () -> "stops in good order");
                process.run(() -> process.ends()
                        .forEach(end -> end.session().close(io.fleetline.protocol.CloseReason.RESTART, "restart")));
                world.time.after(world.millis(3_000), () -> {
                    if (node.process().filter(process::equals).isPresent()) {
                        node.die(false);
                    }
                });
            }
            default -> {
                world.count(Seen.NODE_DRAINS);
                process.run(() -> process.ends()
                        .forEach(end -> end.session().drain(Duration.ofMillis(random.nextInt(2_000)), "drain")));
            }
        }
    }

    private void misfortune(Device device) {
        switch (random.nextInt(12)) {
            case 0 -> device.kill();
            case 1 -> device.cutPower();
            case 2, 3 -> device.endInAWrite(true);
            case 4 -> device.endInAWrite(false);
            case 5 -> device.close();
            case 6 -> {
                if (world.has(Trouble.WIPE)) {
                    device.wipe();
                }
            }
            case 7, 8 -> {
                if (world.has(Trouble.OLD_IMAGE)) {
                    if (random.nextBoolean()) {
                        device.saveImage();
                    } else {
                        device.restoreImage();
                    }
                }
            }
            case 9 -> {
                if (world.has(Trouble.BIT_ROT)) {
                    device.rot();
                }
            }
            default -> {
                if (world.has(Trouble.COPY) && !copied) {
                    copied = true;
                    Device clone = device.clone("copy");
                    world.devices.add(clone);
                    clone.start();
                }
            }
        }
    }

    /** Keeps what is in memory, or loses it: both in turn make items of several runs wait to be sent. */
    private void restart(Device device) {
        switch (random.nextInt(6)) {
            case 0 -> device.kill();
            case 1 -> device.cutPower();
            case 2 -> device.close();
            default -> liveOffline(device);
        }
        device.start();
        if (device.process().isPresent()) {
            publish(device);
        }
    }

    /** Much is stored and not acknowledged, and lost in a crash; the next run is never heard before the one after it. */
    private void liveOffline(Device device) {
        for (int times = 1 + random.nextInt(3); times > 0; times--) {
            publish(device);
        }
        world.pass(world.millis(20 * world.slowness));
        device.kill();
        world.network.unplug(true);
        device.start();
        if (device.process().isPresent()) {
            publish(device);
            device.close();
        }
        world.network.unplug(false);
        world.kafka.failNext(random.nextInt(3));
    }

    private void settle() {
        world.tell("history", () -> "calm from now on");
        world.calm = true;
        world.kafka.comeBack();
        world.nodes.forEach(node -> node.process().ifPresent(NodeProcess::thaw));
        world.devices.forEach(Device::calmDown);
        // A callback that never comes holds its lane for as long as its connection lasts.
        List.copyOf(world.network.links()).forEach(link -> link.pipe.cut());
        settleAll();
        if (world.has(Trouble.FAILING_DISK)) {
            // A disk that could not be used is looked at again at the next opening.
            world.devices.forEach(Device::close);
            settleAll();
        }
        world.pass(REST_NANOS);
        quietRecords = world.kafka.log().size();
        valuesBeforeTheEnd = values;
        for (int round = 0; round < LAST_ROUNDS; round++) {
            world.tell("history", () -> "one more event in each lane");
            for (Device device : world.devices) {
                for (Lane lane : lanes) {
                    device.process()
                            .orElseThrow()
                            .publish(++values, lane, 0, false, 0)
                            .ifPresent(events::add);
                }
            }
            settleAll();
        }
        world.pass(REST_NANOS);
    }

    private void settleAll() {
        world.devices.forEach(Device::start);
        if (!world.passUntil(this::isSettled, PATIENCE_NANOS)) {
            StringBuilder text = new StringBuilder();
            world.devices.forEach(device -> device.process()
                    .ifPresent(process -> text.append(process.name())
                            .append(": ")
                            .append(process.snapshot())
                            .append("; ")));
            throw new BrokenInvariant(Invariant.ALL_SETTLES, "not settled after 12 hours without new faults: " + text);
        }
        // Receipts are told a moment later.
        world.pass(TimeUnit.MILLISECONDS.toNanos(1));
        for (Event event : events) {
            if (!event.isOver()) {
                throw new BrokenInvariant(Invariant.ALL_SETTLES, "nobody was told what became of " + event);
            }
        }
    }

    private boolean isSettled() {
        for (Device device : world.devices) {
            if (device.process().isEmpty() || !device.process().get().isSettled()) {
                return false;
            }
        }
        return true;
    }
}
