package io.fleetline.device.internal.connection;

import io.fleetline.device.fake.FakeNode.Landed;
import io.fleetline.device.fake.IssuedByTest;
import io.fleetline.device.fake.NodeBehaviour;
import io.fleetline.device.fake.Reported;
import io.fleetline.device.fake.World;
import io.fleetline.device.internal.log.FaultyDisk;
import io.fleetline.device.internal.outbox.OutboxMode;
import io.fleetline.device.internal.outbox.OutboxOnDisk;
import io.fleetline.device.internal.outbox.OutboxSettings;
import io.fleetline.device.internal.outbox.OutboxSnapshot;
import io.fleetline.device.internal.outbox.Overflow;
import io.fleetline.protocol.Attributes;
import io.fleetline.protocol.GapReason;
import io.fleetline.protocol.Item;
import io.fleetline.protocol.Lane;
import io.fleetline.protocol.Payload;
import io.fleetline.protocol.RejectCode;
import io.fleetline.protocol.ServerFrame;
import io.fleetline.protocol.ServerFrame.Welcome;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** One device's life, drawn from a seed: what it publishes, and all that happens to it. */
final class History implements NodeBehaviour {
    static final List<Integer> CLOSE_CODES =
            List.of(1000, 1001, 1002, 1003, 1007, 1009, 1011, 1012, 1013, 4400, 4401, 4403, 4408, 4409, 4429, 3999);

    /** Those after which an item may be blamed, and how many of them there are in one history: too few to give one up. */
    private static final Set<Integer> BLAMING = Set.of(1002, 1003, 1007, 1009, 4400);

    private static final int MOST_BLAMING = Quarantine.BLAMES - 1;

    private static final Lane[] LANES = {Lane.NORMAL, Lane.URGENT, Lane.BACKFILL};

    private final World world;
    private final SeenInHistories seen;
    private final Random random;
    private final IssuedByTest credentials;
    private final List<URI> endpoints = new ArrayList<>();
    private final SendingRules rules;
    private final OutboxSettings outbox;
    private final Optional<FaultyDisk> disk;
    private final Map<String, Integer> happened = new TreeMap<>();
    private ConnectionKeeper device;
    private int firstUntold;
    private int blaming;
    private final List<Reported> published = new ArrayList<>();
    private final Map<String, Fate> fates = new TreeMap<>();
    private final boolean reordering;
    private final double failing;
    private final double rejecting;
    private final double unbearable;
    private boolean calm;
    private long lastStoreNanos;

    History(long seed, SeenInHistories seen) {
        this.seen = seen;
        world = new World(seed, this);
        random = world.random;
        reordering = random.nextBoolean();
        failing = random.nextInt(3) * 0.02;
        rejecting = random.nextInt(3) * 0.01;
        unbearable = random.nextInt(4) == 0 ? 0.005 : 0;
        world.latencyNanos = () -> 100_000 + random.nextInt(20_000_000);
        world.nanosPerByte = random.nextInt(3) == 0 ? 20_000 : 0;
        for (int i = 0; i <= random.nextInt(3); i++) {
            endpoints.add(URI.create("wss://node-" + i + ":8443/connect"));
        }
        long linger = random.nextInt(3) == 0 ? TimeUnit.MILLISECONDS.toNanos(30) : 0;
        rules = new SendingRules(linger, 1 + random.nextInt(16), 1024 + random.nextInt(8192));
        disk = random.nextInt(5) == 0 ? Optional.of(new FaultyDisk()) : Optional.empty();
        outbox = new OutboxSettings(
                disk.isPresent() ? OutboxMode.DURABLE : OutboxMode.MEMORY,
                disk.map(any -> Path.of("outbox")),
                64 * 1024,
                64 * 1024,
                64 * 1024,
                random.nextInt(3) == 0 ? Overflow.DROP_OLDEST : Overflow.REFUSE);
        credentials = new IssuedByTest(world);
        credentials.lifetimeMillis = random.nextInt(3) == 0 ? 10_000 + random.nextInt(200_000) : 0;
        world.credentials = credentials;
        device = open();
    }

    private ConnectionKeeper open() {
        return world.device(
                endpoints,
                rules,
                (random, listener, nanos, millis) -> OutboxOnDisk.open(outbox, disk, random, listener, nanos, millis));
    }

    void play() {
        device.start();
        int steps = 8 + random.nextInt(24);
        for (int step = 0; step < steps; step++) {
            act();
            world.pass(Duration.ofMillis(random.nextInt(random.nextInt(8) == 0 ? 40_000 : 300)));
            require(world.node.breaches().isEmpty(), () -> world.node.breaches().toString());
        }
        calm = true;
        world.refusal = Optional.empty();
        credentials.trouble = Optional.empty();
        credentials.silent = false;
        // A slow lane of an hour, and what quarantine takes after it.
        world.passUntil(this::settled, Duration.ofHours(12));
        device.close(world.nanos() + Duration.ofSeconds(5).toNanos());
        world.passUntil(() -> device.closed().isDone(), Duration.ofSeconds(10));
        check();
        count();
        seen.add(world, happened);
    }

    private void act() {
        switch (random.nextInt(15)) {
            case 0, 1, 2, 3 -> publish(1 + random.nextInt(3));
            case 4, 5 -> publish(random.nextInt(60));
            case 6 -> {
                if (!world.node.connections().isEmpty()) {
                    happened("cut");
                    world.node.latest().cut();
                }
            }
            case 7 -> {
                if (!world.node.connections().isEmpty()) {
                    int code = CLOSE_CODES.get(random.nextInt(CLOSE_CODES.size()));
                    if (!BLAMING.contains(code) || blaming++ < MOST_BLAMING) {
                        world.node.latest().close(code, code == 4409 ? "1843200000000001" : "");
                    }
                }
            }
            case 8 -> {
                if (!world.node.connections().isEmpty() && random.nextInt(3) == 0) {
                    happened("went silent");
                    world.pipe().goSilent();
                }
            }
            case 9 -> world.refusal = random.nextBoolean() ? Optional.of(refusal()) : Optional.empty();
            case 10 -> {
                if (!world.node.connections().isEmpty() && random.nextInt(3) == 0) {
                    world.node.latest().send(new ServerFrame.Drain(random.nextInt(5000), "restart"));
                }
            }
            case 11 -> {
                if (!world.node.connections().isEmpty() && random.nextInt(5) == 0) {
                    world.node.latest().send(nonsense());
                }
            }
            case 12 -> {
                if (disk.isPresent() && random.nextInt(3) == 0) {
                    restart();
                }
            }
            case 13 -> {
                if (!world.node.connections().isEmpty()) {
                    world.node.latest().send(new ServerFrame.Command("c", "n", 0, Payload.NULL, Attributes.NONE));
                }
                credentials.trouble = random.nextInt(4) == 0 ? Optional.of("away") : Optional.empty();
                credentials.silent = random.nextInt(8) == 0;
            }
            default -> {
                // Nothing but time.
            }
        }
    }

    private void restart() {
        happened("restarted");
        device.close(world.nanos());
        world.passUntil(() -> device.closed().isDone(), Duration.ofSeconds(10));
        device = open();
        device.start();
        if (random.nextInt(3) == 0) {
            // Once more, while it connects.
            world.pass(Duration.ofMillis(random.nextInt(40)));
            restart();
        }
    }

    private void happened(String what) {
        happened(what, 1);
    }

    private void happened(String what, int times) {
        if (times > 0) {
            happened.merge(what, times, Integer::sum);
        }
    }

    private void count() {
        happened("run changed within a lane session", world.node.runChanges());
        happened("acks waited for an earlier item", world.node.reorderedCompletions());
        for (Reported one : published) {
            if (fates.get(one.lane + "/" + one.seq) == Fate.UNBEARABLE && one.dropped.isPresent()) {
                happened("given up after three blames");
            }
        }
    }

    private ServerFrame nonsense() {
        Lane lane = Lane.of(random.nextInt(4));
        return switch (random.nextInt(5)) {
            case 0 -> new ServerFrame.Ack(lane, 1_000_000, Optional.empty());
            case 1 -> new ServerFrame.Reject(lane, 1_000_000, RejectCode.SCHEMA, "");
            case 2 -> new ServerFrame.Rewind(lane, 1_000_000, 0);
            case 3 -> new ServerFrame.Reauthenticated(0);
            // Before its own welcome it would be taken for that, and the device would keep to the limits in it.
            default ->
                world.node.latest().isWelcome() ? welcome(1, World.UNIX_MILLIS) : new ServerFrame.Reauthenticated(0);
        };
    }

    private Ending refusal() {
        int[] statuses = {302, 400, 401, 403, 404, 426, 429, 500, 503};
        return switch (random.nextInt(3)) {
            case 0 -> Ending.of(EndCause.UNREACHABLE, "connection refused");
            case 1 -> Ending.of(EndCause.UNTRUSTED_NODE, "certificate expired");
            default ->
                Ending.refused(
                        statuses[random.nextInt(statuses.length)],
                        random.nextBoolean() ? "" : String.valueOf(random.nextInt(2000)));
        };
    }

    private void publish(int events) {
        for (int i = 0; i < events; i++) {
            Lane lane = LANES[random.nextInt(LANES.length)];
            long ttl = random.nextInt(20) == 0 ? TimeUnit.SECONDS.toNanos(1 + random.nextInt(20)) : 0;
            byte[] body = new byte[random.nextInt(random.nextInt(10) == 0 ? 4000 : 100)];
            Reported.publish(device, lane, body, ttl).ifPresent(published::add);
        }
    }

    private boolean settled() {
        while (firstUntold < published.size() && isKnown(published.get(firstUntold))) {
            firstUntold++;
        }
        if (firstUntold < published.size()) {
            return false;
        }
        OutboxSnapshot held = device.outbox().snapshot(world.nanos());
        return held.acked().equals(held.last());
    }

    private static boolean isKnown(Reported one) {
        return one.told() || one.abandoned;
    }

    private void check() {
        require(world.node.breaches().isEmpty(), () -> world.node.breaches().toString());
        Map<Lane, Set<Long>> events = new EnumMap<>(Lane.class);
        Map<Lane, Set<Long>> known = new EnumMap<>(Lane.class);
        Map<String, Item> contents = new HashMap<>();
        for (Landed one : world.node.log()) {
            long end = one.item() instanceof Item.Gap gap ? gap.to() : one.seq();
            for (long seq = one.seq(); seq <= end; seq++) {
                known.computeIfAbsent(one.lane(), lane -> new HashSet<>()).add(seq);
            }
            if (one.item() instanceof Item.Event event) {
                events.computeIfAbsent(one.lane(), lane -> new HashSet<>()).add(one.seq());
                Item before = contents.putIfAbsent(one.lane() + "/" + one.seq(), event);
                require(before == null || before.equals(event), () -> "two contents of " + one);
            }
        }
        for (Reported one : published) {
            String name = one.lane + "/" + one.seq;
            require(known.getOrDefault(one.lane, Set.of()).contains(one.seq), () -> "the topic does not have " + name);
            if (one.stored.isPresent()) {
                require(events.get(one.lane).contains(one.seq), () -> "receipted but not in the log: " + name);
            } else if (one.dropped.isPresent() && one.dropped.get().reason() == GapReason.REFUSED) {
                require(fates.containsKey(name), () -> "an innocent item was given up: " + name);
            }
        }
    }

    private static void require(boolean condition, Supplier<String> otherwise) {
        if (!condition) {
            throw new AssertionError(otherwise.get());
        }
    }

    @Override
    public Welcome welcome(long connection, long unixMillis) {
        int window = calm ? 64 : 1 + random.nextInt(64);
        return new Welcome(
                connection,
                unixMillis,
                1_000 + random.nextInt(20_000),
                65_536,
                32_768,
                window,
                2_000 + random.nextInt(20_000),
                random.nextInt(4) == 0 ? 20 + random.nextInt(100) : 0,
                random.nextInt(4) == 0 ? 5_000 + random.nextInt(100_000) : 0,
                random.nextInt(3_000));
    }

    @Override
    public Fate fate(Lane lane, long seq, Item item) {
        if (item instanceof Item.Gap) {
            return !calm && random.nextDouble() < failing ? Fate.FAILED : Fate.STORED;
        }
        String key = lane + "/" + seq;
        Fate lasting = fates.get(key);
        if (lasting != null) {
            return lasting;
        }
        double draw = random.nextDouble();
        if (draw < rejecting) {
            fates.put(key, Fate.REJECTED);
            return Fate.REJECTED;
        }
        if (draw < rejecting + unbearable) {
            fates.put(key, Fate.UNBEARABLE);
            return Fate.UNBEARABLE;
        }
        return !calm && random.nextDouble() < failing ? Fate.FAILED : Fate.STORED;
    }

    @Override
    public long storeNanos(Lane lane, long seq) {
        long drawn = calm ? 1_000_000 : random.nextInt(100) == 0 ? 5_000_000_000L : random.nextInt(10_000_000);
        if (reordering) {
            return drawn;
        }
        lastStoreNanos = Math.max(lastStoreNanos + 1, world.nanos() + drawn);
        return lastStoreNanos - world.nanos();
    }

    @Override
    public long rewindAfterMillis() {
        return random.nextInt(500);
    }
}
