package io.fleetline.device.internal.command;

import io.fleetline.device.internal.connection.ConnectionLoop;
import io.fleetline.device.internal.connection.Publication;
import io.fleetline.device.internal.connection.Time;
import io.fleetline.device.internal.log.DiskInUseException;
import io.fleetline.device.internal.log.FaultyDisk;
import io.fleetline.device.internal.log.FaultyDisk.Survival;
import io.fleetline.device.internal.log.LogFormat;
import io.fleetline.device.internal.outbox.Batch;
import io.fleetline.device.internal.outbox.Outbox;
import io.fleetline.device.internal.outbox.OutboxMode;
import io.fleetline.device.internal.outbox.OutboxOnDisk;
import io.fleetline.device.internal.outbox.QueuedItem;
import io.fleetline.protocol.Attributes;
import io.fleetline.protocol.Item;
import io.fleetline.protocol.Lane;
import io.fleetline.protocol.ServerFrame;
import io.fleetline.protocol.cbor.BodyCodec;
import io.fleetline.protocol.cbor.FrameDecoder;
import io.fleetline.protocol.cbor.FrameException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * One seeded history of a device that is sent commands: the real runner, ledger and outbox over disks that can be cut off
 * at any call. At each call that changes the ledger's disk it looks at what several power cuts at that moment would leave.
 */
final class LedgerHistory {
    /** What the ledger's disk does beside being cut off. */
    enum Faults {
        NONE,
        FAILING_CALLS,
        FULL,
        LYING_FORCE,
        BIT_FLIPS,
        UNREADABLE_SECTORS;

        /** Whether what was forced is there after a power cut. */
        boolean honest() {
            return this == NONE || this == FAILING_CALLS || this == FULL;
        }
    }

    private static final List<Survival> SURVIVALS = List.of(Survival.values());
    private static final long NODE_MILLIS = 1_800_000_000_000L;

    private final long seed;
    private final Faults faults;
    private final SplittableRandom random;
    private final int cutsPerCall;
    private final Set<Long> crashPoints;
    private final CommandJudge judge;
    private final OutboxMode mode;
    private final LogFormat format;
    private final long mostResultBytes;
    private final Clock clock = new Clock();
    private final FrameDecoder decoder = new FrameDecoder();

    private FaultyDisk ledgerDisk = new FaultyDisk();
    private FaultyDisk outboxDisk = new FaultyDisk();
    private boolean watching = true;
    private int calls;
    /** The disks of a power cut in the midst of a call, to go on from. */
    private Optional<List<FaultyDisk>> cutNow = Optional.empty();

    // One process
    private int process;
    private ConnectionLoop loop = new ConnectionLoop(clock);
    private Outbox<Publication> outbox;
    private CommandRunner runner;
    private CommandLedger ledger;
    private final Queue<Runnable> diskTasks = new ArrayDeque<>();
    private final Queue<Runnable> applicationTasks = new ArrayDeque<>();
    private final List<Run> runs = new ArrayList<>();
    private long next;

    /** How often what happened. */
    final Map<String, Integer> counts = new TreeMap<>();

    private static final class Clock implements Time {
        long nanos = 1_000_000_000L;
        long unixMillis = NODE_MILLIS;

        @Override
        public long nanos() {
            return nanos;
        }

        @Override
        public long unixMillis() {
            return unixMillis;
        }

        void pass(long millis) {
            nanos += millis * 1_000_000;
            unixMillis += millis;
        }
    }

    private record Run(String id, CompletableFuture<Handling.Result> result) {}

    LedgerHistory(long seed, Faults faults, int cutsPerCall, Set<Long> crashPoints) {
        this.seed = seed;
        this.faults = faults;
        this.cutsPerCall = cutsPerCall;
        this.crashPoints = crashPoints;
        this.random = new SplittableRandom(seed);
        this.mode = random.nextBoolean() ? OutboxMode.DURABLE : OutboxMode.BUFFERED;
        this.format = new LogFormat("ledger", (byte) 'L', (8 << random.nextInt(3)) * 512, 512);
        this.mostResultBytes = random.nextBoolean() ? 300 : LedgerContents.MOST_RESULT_BYTES;
        this.judge = new CommandJudge(faults.honest());
    }

    /** Plays so many steps, then lets everything come to an end. */
    void play(int steps) {
        try {
            start();
            for (int step = 0; step < steps; step++) {
                step();
                if (cutNow.isPresent()) {
                    List<FaultyDisk> left = cutNow.get();
                    cutNow = Optional.empty();
                    restart(left.get(0), left.get(1), "power cut in a call");
                } else {
                    loop.runOnce();
                }
            }
            watching = false;
            ledgerDisk.misbehave(new Random(seed), 0, 0, 0);
            ledgerDisk.capacity(Integer.MAX_VALUE);
            restart(ledgerDisk, outboxDisk, "restart");
            drain();
            judge.atTheEnd();
        } catch (RuntimeException | CommandJudge.Broken e) {
            throw new AssertionError("seed " + seed + ", faults " + faults + ": " + e.getMessage(), e);
        }
    }

    private void start() {
        process++;
        judge.started(process);
        loop = new ConnectionLoop(clock);
        diskTasks.clear();
        applicationTasks.clear();
        runs.clear();
        next = 0;
        outbox = OutboxOnDisk.open(
                outboxDisk, mode, 8 * 33_000, new Random(random.nextLong()), clock.nanos(), clock.unixMillis());
        ledgerDisk.observe(this::changed);
        try {
            ledger = judge.watch(DurableLedger.open(
                    ledgerDisk,
                    format,
                    new LedgerContents(LedgerContents.MOST_SETTLED, mostResultBytes),
                    loop,
                    diskTasks::add,
                    new Random(random.nextLong())));
        } catch (DiskInUseException e) {
            throw new CommandJudge.Broken("nobody else uses it: " + e.getMessage());
        }
        runner = new CommandRunner(
                loop,
                ledger,
                new OutcomeLane(outbox, clock::nanos, () -> 32 * 1024),
                clock::unixMillis,
                applicationTasks::add,
                Map.of("once", new Handling(false, handler()), "again", new Handling(true, handler())),
                1 + random.nextInt(3),
                4);
        runner.resume();
        troubles();
    }

    private Handling.Code handler() {
        int mine = process;
        return new Handling.Code() {
            @Override
            public CompletionStage<Handling.Result> run(ServerFrame.Command command, Optional<Duration> remaining) {
                if (mine != process) {
                    throw new CommandJudge.Broken("a dead process runs " + command.id());
                }
                judge.handlerStarted(command);
                count("started: " + command.name());
                CompletableFuture<Handling.Result> result = new CompletableFuture<>();
                runs.add(new Run(command.id(), result));
                return result;
            }
        };
    }

    private void troubles() {
        switch (faults) {
            case FAILING_CALLS -> {
                double files = random.nextInt(3) == 0 ? 0 : random.nextDouble() * 0.3;
                double names = random.nextInt(3) == 0 ? 0 : random.nextDouble() * 0.6;
                ledgerDisk.misbehave(new Random(random.nextLong()), files, names, 0);
            }
            case LYING_FORCE -> ledgerDisk.misbehave(new Random(random.nextLong()), 0, 0, random.nextDouble() * 0.5);
            case FULL ->
                ledgerDisk.capacity(
                        random.nextInt(3) == 0 ? Integer.MAX_VALUE : ledgerDisk.sectors() + random.nextInt(30));
            default -> {}
        }
    }

    private void step() {
        clock.pass(random.nextInt(20));
        int dice = random.nextInt(1000);
        if (dice < 150) {
            deliver();
        } else if (dice < 400) {
            runOne(diskTasks, "disk task");
        } else if (dice < 550) {
            runOne(applicationTasks, "handler");
        } else if (dice < 700) {
            complete();
        } else if (dice < 780) {
            outbox.commit(clock.nanos());
        } else if (dice < 900) {
            send();
        } else if (dice < 930) {
            connect();
        } else if (dice < 950) {
            clock.pass(random.nextInt(3000));
        } else if (dice < 960) {
            troubles();
        } else if (dice < 970) {
            closeAndRestart();
        } else if (dice < 985) {
            ledgerDisk.kill();
            outboxDisk.kill();
            restart(ledgerDisk, outboxDisk, "kill");
        } else {
            restart(cut(ledgerDisk), cut(outboxDisk), "power cut");
        }
    }

    private void deliver() {
        Optional<ServerFrame.Command> repeated =
                random.nextInt(3) == 0 ? judge.toBeRepeated(random.nextInt(1 << 20)) : Optional.empty();
        ServerFrame.Command command = repeated.orElseGet(() -> {
            String name = List.of("once", "once", "again", "nobody").get(random.nextInt(4));
            long ttl = random.nextInt(3) == 0 ? 1 + random.nextInt(2000) : 0;
            byte[] argument = new byte[random.nextInt(8) == 0 ? random.nextInt(400) : random.nextInt(20)];
            return new ServerFrame.Command(
                    "c" + judge.newNumber(), name, ttl, BodyCodec.encode(argument), Attributes.NONE);
        });
        count(repeated.isPresent() ? "repeated" : "delivered");
        judge.delivered(command);
        runner.received(command, clock.nanos());
    }

    private void runOne(Queue<Runnable> tasks, String what) {
        Runnable task = tasks.poll();
        if (task != null) {
            count(what);
            task.run();
        }
    }

    private void complete() {
        if (runs.isEmpty()) {
            return;
        }
        Run run = runs.remove(random.nextInt(runs.size()));
        boolean succeeded = random.nextInt(4) > 0;
        byte[] answer = new byte[random.nextInt(8) == 0 ? random.nextInt(300) : random.nextInt(20)];
        Handling.Result result = new Handling.Result(succeeded, BodyCodec.encode(answer));
        judge.handlerEnded(run.id(), result);
        run.result().complete(result);
    }

    private void connect() {
        next = 0;
        outbox.onWelcome(clock.unixMillis(), clock.nanos());
        runner.timeIsKnown();
    }

    /** Sends some outcomes, which the node may acknowledge, refuse, or store without the device ever hearing of it. */
    private void send() {
        if (next == 0) {
            next = outbox.beginSession(Lane.OUTCOMES);
        }
        Optional<Batch> batch = outbox.next(Lane.OUTCOMES, next, 1 + random.nextInt(4), 100_000);
        if (batch.isEmpty()) {
            return;
        }
        long upTo = 0;
        for (QueuedItem item : batch.get().items()) {
            if (!item.isGap()) {
                Item.Outcome outcome = outcome(item);
                if (watching && random.nextInt(40) == 0) {
                    count("refused");
                    judge.refused(outcome.commandId());
                    outbox.refuse(Lane.OUTCOMES, item.seq(), clock.nanos());
                    outbox.takeDropped().forEach(dropped -> dropped.waiter().dropped(dropped, Optional.empty(), ""));
                    next = 0;
                    break;
                }
                judge.stored(outcome);
                count("stored: " + outcome.status());
            }
            upTo = item.to();
            next = item.to() + 1;
        }
        if (upTo > 0 && random.nextInt(5) > 0) {
            outbox.settle(Lane.OUTCOMES, upTo, clock.nanos())
                    .forEach(stored -> stored.waiter().stored(stored, Optional.empty()));
        }
    }

    private Item.Outcome outcome(QueuedItem item) {
        try {
            return (Item.Outcome) decoder.decodeItem(item.bytes(), 0, item.bytes().length);
        } catch (FrameException e) {
            throw new CommandJudge.Broken("an outcome is not readable: " + e.getMessage());
        }
    }

    private void closeAndRestart() {
        while (!diskTasks.isEmpty()) {
            runOne(diskTasks, "disk task");
            loop.runOnce();
        }
        outbox.close(clock.nanos());
        boolean[] closed = {false};
        ledger.close(() -> closed[0] = true);
        while (!diskTasks.isEmpty() || !closed[0]) {
            runOne(diskTasks, "disk task");
            loop.runOnce();
        }
        cutNow = Optional.empty(); // what came after it was promised
        restart(ledgerDisk, outboxDisk, "close");
    }

    private void restart(FaultyDisk ledgerLeft, FaultyDisk outboxLeft, String why) {
        count(why);
        ledgerDisk.kill();
        outboxDisk.kill();
        ledgerDisk = ledgerLeft;
        outboxDisk = outboxLeft;
        if (faults == Faults.BIT_FLIPS && random.nextInt(3) == 0) {
            ledgerDisk.flipBits(new Random(random.nextLong()), 1 + random.nextInt(8));
        } else if (faults == Faults.UNREADABLE_SECTORS && random.nextInt(3) == 0) {
            ledgerDisk.spoil(new Random(random.nextLong()), 1 + random.nextInt(2));
        }
        clock.nanos = 1_000_000_000L + random.nextInt(1_000_000_000);
        clock.unixMillis += random.nextInt(5000);
        start();
    }

    private FaultyDisk cut(FaultyDisk disk) {
        return disk.powerCut(
                new Random(random.nextLong()),
                SURVIVALS.get(random.nextInt(SURVIVALS.size())),
                random.nextBoolean() ? 1 : 8);
    }

    /** Something on the ledger's disk has changed: what would a power cut leave now? */
    private void changed(String call) {
        count("call: " + call);
        calls++;
        if (!watching) {
            return;
        }
        for (int i = 0; i < cutsPerCall; i++) {
            FaultyDisk left = cut(ledgerDisk);
            crashPoints.add((seed * 1_000_003 + calls) * 1_000_003 + left.surviving());
            if (random.nextInt(200) == 0 && cutNow.isEmpty()) {
                cutNow = Optional.of(List.of(left.copy(), cut(outboxDisk)));
            }
            LedgerContents found = new LedgerContents();
            try {
                DurableLedger opened = DurableLedger.open(
                        left, format, found, new ConnectionLoop(clock), task -> {}, new Random(random.nextLong()));
                judge.look(opened);
            } catch (DiskInUseException e) {
                throw new CommandJudge.Broken("nobody else uses it: " + e.getMessage());
            }
        }
    }

    private void drain() {
        Consumer<Queue<Runnable>> all = tasks -> {
            while (!tasks.isEmpty()) {
                runOne(tasks, "drained");
                loop.runOnce();
            }
        };
        connect();
        for (int round = 0; round < 200; round++) {
            clock.pass(50);
            loop.runOnce();
            all.accept(diskTasks);
            all.accept(applicationTasks);
            complete();
            outbox.commit(clock.nanos());
            send();
        }
    }

    private void count(String what) {
        counts.merge(what, 1, Integer::sum);
    }
}
