package io.fleetline.device.internal.outbox;

import io.fleetline.device.internal.log.FaultyDisk;
import io.fleetline.device.internal.log.FaultyDisk.Misbehaviour;
import io.fleetline.device.internal.log.FaultyDisk.Survival;
import io.fleetline.device.internal.log.LogFormat;
import io.fleetline.protocol.Lane;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * One seeded history of an outbox on a {@link FaultyDisk}: appends, sends, acks, drops, crashes. At each call that changes
 * the disk, it looks at what several power cuts at that moment would leave, and has the {@link PromiseKeeper} judge it.
 */
final class OutboxHistory {
    private static final OutboxListener NOBODY = new OutboxListener() {
        @Override
        public void moreToSend() {}

        @Override
        public void commitWanted() {}
    };

    /** What the disk does beside being cut off. */
    enum Faults {
        NONE,
        LYING_FORCE,
        BIT_FLIPS,
        FAILING_CALLS,
        UNREADABLE_SECTORS,
        FULL
    }

    private static final List<Survival> SURVIVALS = List.of(Survival.values());

    private static final long WELCOME_MILLIS = 1_700_000_000_000L;

    private final long seed;
    private final Faults faults;
    private final SplittableRandom random;
    private final boolean readsFail;
    private final PromiseKeeper.Disk judgedAs;
    private final PromiseKeeper keeper;
    private final OutboxSettings settings;
    private final LogFormat format;
    private final int cutsPerCall;
    private final Set<Long> crashPoints;

    private FaultyDisk disk = new FaultyDisk();
    private Outbox<Integer> outbox;
    private Map<Integer, SortedMap<Long, Long>> recovered = new HashMap<>();
    private final long[] next = new long[4];
    private long now = 1_000_000_000_000L;
    private long nodeMillis = WELCOME_MILLIS;
    private int values;
    private int calls;
    private boolean cutting = true;
    /** Whether the disk is to do as it should from now on. */
    private boolean healthy;
    /** Whether a commit is under way, beside which other threads go on. */
    private boolean committing;

    /** How often what happened. */
    final Map<String, Integer> counts = new TreeMap<>();

    OutboxHistory(long seed, Faults faults, int cutsPerCall, Set<Long> crashPoints) {
        this.seed = seed;
        this.faults = faults;
        this.cutsPerCall = cutsPerCall;
        this.crashPoints = crashPoints;
        this.random = new SplittableRandom(seed);
        this.readsFail = faults == Faults.FAILING_CALLS && random.nextInt(3) == 0;
        this.judgedAs = faults == Faults.LYING_FORCE
                ? PromiseKeeper.Disk.TREACHEROUS
                : readsFail ? PromiseKeeper.Disk.HARD_TO_READ : PromiseKeeper.Disk.HONEST;
        int block = random.nextInt(8) == 0 ? 4096 : 512;
        int blocks = (block == 512 ? 8 : 4) << random.nextInt(block == 512 ? 3 : 2);
        this.format = new LogFormat("outbox", (byte) 'O', blocks * block, block);
        long most = 2_000L << random.nextInt(5);
        this.settings = new OutboxSettings(
                random.nextInt(4) == 0 ? OutboxMode.BUFFERED : OutboxMode.DURABLE,
                Optional.of(java.nio.file.Path.of("nowhere")),
                most,
                Math.min(most, 1_000L << random.nextInt(4)),
                20_000,
                List.of(Overflow.DROP_OLDEST, Overflow.DROP_OLDEST, Overflow.KEEP_NEWEST, Overflow.REFUSE)
                        .get(random.nextInt(4)));
        this.keeper = new PromiseKeeper(judgedAs, settings.overflow() != Overflow.REFUSE);
    }

    /** Plays so many steps. */
    void play(int steps) {
        try {
            start();
            for (int step = 0; step < steps; step++) {
                step();
                takeDropped();
            }
            cutting = false;
            healthy = true;
            troubles();
            outbox.close(now);
            restart(disk);
            drain();
        } catch (PromiseKeeper.Broken | RuntimeException e) {
            throw new AssertionError(
                    "seed " + seed + ", faults " + faults + ", " + settings + ": " + e.getMessage(), e);
        }
    }

    private void start() {
        disk.observe(this::changed);
        outbox = open(disk);
        keeper.opened(outbox.snapshot(now));
        count("opened: " + outbox.snapshot(now).storage());
        // Half of the openings are left alone until a node is reached, so that runs without an order live for a while.
        recovered = random.nextBoolean() ? look(outbox, true) : new HashMap<>();
        for (Lane lane : Lane.values()) {
            next[lane.number()] = outbox.beginSession(lane);
        }
        troubles();
    }

    private void troubles() {
        if (healthy) {
            disk.misbehave(random, Misbehaviour.NONE);
            disk.capacity(Integer.MAX_VALUE);
            disk.readOnly(false);
        } else if (faults == Faults.FAILING_CALLS) {
            disk.misbehave(random, new Misbehaviour(share(0.3), share(0.6), share(0.1), readsFail ? share(0.1) : 0, 0));
        } else if (faults == Faults.LYING_FORCE) {
            disk.misbehave(random, Misbehaviour.lying(random.nextDouble() * 0.5));
        } else if (faults == Faults.FULL) {
            disk.capacity(random.nextInt(3) == 0 ? Integer.MAX_VALUE : disk.sectors() + random.nextInt(40));
            disk.readOnly(random.nextInt(8) == 0);
        }
    }

    private double share(double most) {
        return random.nextInt(3) == 0 ? 0 : random.nextDouble() * most;
    }

    private Outbox<Integer> open(FaultyDisk on) {
        try {
            // Names are random, but the same seed must name the same.
            return Outbox.open(settings, on, format, new Random(random.nextLong()), NOBODY, now, nodeMillis);
        } catch (OutboxInUseException e) {
            throw new PromiseKeeper.Broken("nobody else uses it: " + e.getMessage());
        }
    }

    private void step() {
        now += random.nextInt(10_000_000);
        nodeMillis += random.nextInt(100);
        int dice = random.nextInt(1000);
        count("steps");
        if (dice < 430) {
            append();
        } else if (dice < 680) {
            commit();
        } else if (dice < 830) {
            send();
        } else if (dice < 900) {
            acknowledge();
        } else if (dice < 920) {
            refuse();
        } else if (dice < 950) {
            connect();
        } else if (dice < 965) {
            outbox.expire(now);
        } else if (dice < 975) {
            now += random.nextLong(4_000_000_000L);
        } else if (dice < 985) {
            troubles();
        } else if (dice < 992) {
            disk.kill();
            restart(disk);
        } else if (dice < 996) {
            outbox.close(now);
            promiseAll();
            restart(disk);
        } else {
            restart(disk.powerCut(random, survival(), random.nextBoolean() ? 1 : 8));
        }
    }

    private Survival survival() {
        return SURVIVALS.get(random.nextInt(SURVIVALS.size()));
    }

    private void append() {
        Lane lane = Lane.of(List.of(0, 0, 0, 1, 1, 2, 3).get(random.nextInt(7)));
        int body = random.nextInt(8) == 0 ? random.nextInt(600) : random.nextInt(60);
        byte[] item = new byte[8 + body];
        item[0] = (byte) 0x84;
        item[1] = (byte) (lane == Lane.OUTCOMES ? 2 : 0);
        item[2] = 0x61;
        item[3] = (byte) ('a' + random.nextInt(4));
        int value = ++values;
        for (int i = 0; i < 4; i++) {
            item[4 + i] = (byte) (value >>> (8 * i));
        }
        long timeToLive = random.nextInt(10) == 0 ? random.nextLong(1, 3_000_000_000L) : 0;
        OutboxSnapshot before = outbox.snapshot(now);
        try {
            long seq = outbox.append(lane, item, timeToLive, 0, value, now);
            keeper.appended(before, lane, seq, item);
            count("appended");
        } catch (OutboxFullException e) {
            // The policy, or everything held being more urgent.
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private void commit() {
        if (random.nextInt(3) > 0) {
            now += CommitSchedule.GROUP_NANOS;
        }
        if (random.nextInt(6) == 0) {
            now += 2 * CommitSchedule.PAUSE_NANOS;
        }
        committing = true;
        long delay = outbox.commit(now);
        committing = false;
        takeDropped();
        OutboxSnapshot snapshot = outbox.snapshot(now);
        if (delay == Long.MAX_VALUE && snapshot.storage() == StorageState.DURABLE) {
            keeper.allIsOnDisk(snapshot, keeper.owners(snapshot, recovered));
        }
    }

    /** What other threads do while one waits for the disk. */
    private void beside() {
        count("beside a commit");
        switch (random.nextInt(5)) {
            case 0, 1 -> acknowledge();
            case 2 -> append();
            case 3 -> send();
            default -> refuse();
        }
        takeDropped();
    }

    private void promiseAll() {
        OutboxSnapshot snapshot = outbox.snapshot(now);
        if (snapshot.storage() == StorageState.DURABLE || snapshot.storage() == StorageState.BUFFERED) {
            keeper.allIsOnDisk(snapshot, keeper.owners(snapshot, recovered));
        }
    }

    private void send() {
        Lane lane = Lane.of(random.nextInt(4));
        boolean durable = outbox.snapshot(now).storage() == StorageState.DURABLE;
        Optional<Batch> batch = outbox.next(lane, next[lane.number()], 1 + random.nextInt(8), 1 + random.nextInt(400));
        if (batch.isPresent()) {
            takeDropped();
            keeper.sent(batch.get(), durable);
            for (QueuedItem item : batch.get().items()) {
                count(item.isGap() ? "gaps sent" : "items sent");
            }
            next[lane.number()] = batch.get().next();
        }
    }

    private void acknowledge() {
        Lane lane = Lane.of(random.nextInt(4));
        OutboxSnapshot snapshot = outbox.snapshot(now);
        long acked = snapshot.acked().get(lane.number());
        long sent = next[lane.number()] - 1;
        if (sent > acked) {
            long upTo = acked + 1 + random.nextLong(sent - acked);
            keeper.acknowledged(snapshot.store(), lane, upTo);
            outbox.settle(lane, upTo, now);
            count("acks");
        }
    }

    private void refuse() {
        Lane lane = Lane.of(random.nextInt(4));
        long acked = outbox.snapshot(now).acked().get(lane.number());
        long sent = next[lane.number()] - 1;
        if (sent > acked) {
            long seq = acked + 1 + random.nextLong(sent - acked);
            keeper.refused(outbox.snapshot(now).store(), lane, seq);
            outbox.refuse(lane, seq, now);
            next[lane.number()] = outbox.beginSession(lane);
        }
    }

    private void connect() {
        nodeMillis += random.nextInt(3) == 0 ? -random.nextInt(5_000) : random.nextInt(5_000);
        outbox.onWelcome(nodeMillis, now);
        for (Lane lane : Lane.values()) {
            next[lane.number()] = outbox.beginSession(lane);
        }
    }

    private void takeDropped() {
        outbox.takeDropped().forEach(keeper::dropped);
    }

    private void restart(FaultyDisk on) {
        count("restarts");
        disk = on;
        disk.mendReads(); // what cannot be read at opening is lost, which the power cuts look at
        disk.kill();
        start();
    }

    /** At the end everything is sent and acknowledged. */
    private void drain() {
        outbox.onWelcome(nodeMillis, now);
        for (int round = 0; round < 20; round++) {
            now += 2 * CommitSchedule.PAUSE_NANOS;
            outbox.commit(now);
        }
        for (Lane lane : Lane.values()) {
            long from = outbox.beginSession(lane);
            for (Optional<Batch> batch = outbox.next(lane, from, 100, 10_000);
                    batch.isPresent();
                    batch = outbox.next(lane, from, 100, 10_000)) {
                keeper.sent(batch.get(), false);
                from = batch.get().next();
            }
            OutboxSnapshot snapshot = outbox.snapshot(now);
            if (from != snapshot.last().get(lane.number()) + 1) {
                throw new PromiseKeeper.Broken("lane " + lane + " stops at " + from + ": " + snapshot);
            }
            outbox.settle(lane, from - 1, now);
        }
        if (outbox.snapshot(now).items() != 0 || outbox.snapshot(now).bytes() != 0) {
            throw new PromiseKeeper.Broken("something is left: " + outbox.snapshot(now));
        }
        outbox.close(now);
    }

    // What a power cut would leave

    private void changed(String call) {
        calls++;
        count("call: " + call);
        if (committing && random.nextInt(3) == 0) {
            beside();
        }
        if (!cutting) {
            return;
        }
        for (int i = 0; i < cutsPerCall; i++) {
            Survival survival = SURVIVALS.get((i + calls) % SURVIVALS.size());
            boolean largeSectors = random.nextInt(3) == 0;
            FaultyDisk left = disk.powerCut(random, survival, largeSectors ? 8 : 1);
            if (crashPoints.add((seed * 1_000_003 + calls) * 0x9e3779b97f4a7c15L + left.surviving())) {
                count(largeSectors ? "torn at 4096" : "torn at 512");
                lookAt(left, call + " (call " + calls + "), " + survival);
            }
        }
    }

    private void lookAt(FaultyDisk left, String when) {
        PromiseKeeper.Disk as = judgedAs;
        if (faults == Faults.BIT_FLIPS) {
            left.flipBits(random, 1 + random.nextInt(4));
            as = PromiseKeeper.Disk.TREACHEROUS;
        } else if (faults == Faults.UNREADABLE_SECTORS) {
            left.spoil(random, 1 + random.nextInt(3));
            as = PromiseKeeper.Disk.TREACHEROUS;
        } else if (faults == Faults.FAILING_CALLS && random.nextInt(4) == 0) {
            left.misbehave(random, new Misbehaviour(0.2, 0.2, 0.05, 0, 0));
        } else if (faults == Faults.FAILING_CALLS && random.nextInt(8) == 0) {
            left.misbehave(random, new Misbehaviour(0, 0, 0, 0.1, 0));
            as = PromiseKeeper.Disk.TREACHEROUS;
        }
        keeper.look(as);
        try {
            Outbox<Integer> found = open(left);
            keeper.opened(found.snapshot(now));
            look(found, false);
        } catch (PromiseKeeper.Broken | RuntimeException e) {
            throw new PromiseKeeper.Broken("power cut at " + when + ": " + e);
        } finally {
            keeper.lookAway(judgedAs);
        }
    }

    /** All that an outbox holds, sent at once. Returns the run of each number. */
    private Map<Integer, SortedMap<Long, Long>> look(Outbox<Integer> into, boolean patiently) {
        // Another node, whose clock differs: an order that was lost does not come back by chance.
        into.onWelcome(nodeMillis + random.nextInt(-5_000, 60_000), now);
        long at = now;
        for (int i = 0; i < (patiently ? 10 : 3) && into.commit(at) != Long.MAX_VALUE; i++) {
            at += 2 * CommitSchedule.PAUSE_NANOS;
        }
        OutboxSnapshot snapshot = into.snapshot(now);
        Map<Integer, SortedMap<Long, Long>> runs = new HashMap<>();
        boolean whole = snapshot.storage() != StorageState.WRITING_FAILED;
        for (Lane lane : Lane.values()) {
            TreeMap<Long, Long> inLane = new TreeMap<>();
            long from = into.beginSession(lane);
            int patience = 20;
            while (from <= into.snapshot(now).last().get(lane.number()) && patience > 0) {
                Optional<Batch> batch = into.next(lane, from, 1000, 1 << 20);
                if (batch.isPresent()) {
                    keeper.sent(batch.get(), false);
                    for (long seq = from; seq < batch.get().next(); seq++) {
                        inLane.put(seq, batch.get().open().run());
                    }
                    from = batch.get().next();
                } else { // something could not be read back, and the gap in its place has to be written first
                    at += 2 * CommitSchedule.PAUSE_NANOS;
                    into.commit(at);
                    patience--;
                }
            }
            into.beginSession(lane);
            runs.put(lane.number(), inLane);
            if (whole) {
                keeper.found(into.snapshot(now), lane, inLane);
            }
        }
        return runs;
    }

    private void count(String what) {
        counts.merge(what, 1, Integer::sum);
    }
}
