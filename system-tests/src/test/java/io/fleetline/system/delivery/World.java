package io.fleetline.system.delivery;

import io.fleetline.protocol.cbor.FrameDecoder;
import io.fleetline.system.delivery.Coverage.Seen;
import io.fleetline.testkit.VirtualTime;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Time, chance and everyone in one history: no threads, no sockets, no files, the same each time it is played. */
final class World {
    static final long UNIX_MILLIS = 1_800_000_000_000L;
    private static final int MOST_STEPS = 2_000_000;

    final Scenario scenario;
    final SplittableRandom random;
    final VirtualTime time = new VirtualTime(UNIX_MILLIS);
    final Story story;
    final Coverage coverage;
    final FrameDecoder decoder = new FrameDecoder();
    final ModelKafka kafka = new ModelKafka(this);
    final Network network = new Network(this);
    final SentGaps sentGaps = new SentGaps();
    final List<Node> nodes = new ArrayList<>();
    final List<Device> devices = new ArrayList<>();

    /** From when on nothing new goes wrong. */
    boolean calm;

    /** How patient everybody has to be: a factor on all delays. */
    final int slowness;

    /** Which numbers of which lanes some node rejected. */
    final Set<String> rejected = new HashSet<>();

    /** Which history it is. */
    final long seed;

    private int steps;
    private Optional<Throwable> broken = Optional.empty();

    World(long seed, Scenario scenario, Story story, Coverage coverage) {
        this.seed = seed;
        this.scenario = scenario;
        this.random = new SplittableRandom(seed);
        this.story = story;
        this.coverage = coverage;
        this.slowness = 1 << (2 * random.nextInt(4));
    }

    boolean has(Scenario.Trouble trouble) {
        return scenario.has(trouble);
    }

    /** True with this probability, and never once it is calm. */
    boolean mishap(double probability) {
        return !calm && random.nextDouble() < probability;
    }

    long millis(int most) {
        return TimeUnit.MICROSECONDS.toNanos(random.nextInt(1000 * most + 1));
    }

    /** A delay of something that normally takes a few ms. */
    long delay() {
        return calm ? millis(2) : millis(random.nextInt(12) == 0 ? 40 * slowness : 2 * slowness);
    }

    void tell(String party, Supplier<String> what) {
        story.tell(time.nanos(), party, what);
    }

    void count(Seen what) {
        coverage.count(what);
    }

    /** Lets so many nanoseconds pass. */
    void pass(long nanos) {
        long until = time.nanos() + nanos;
        while (step(until)) {
            // Whatever is due happens.
        }
        time.advanceTo(until);
    }

    /** Lets time pass until something is so. Returns whether it became so in time. */
    boolean passUntil(BooleanSupplier condition, long mostNanos) {
        long until = time.nanos() + mostNanos;
        while (!condition.getAsBoolean()) {
            if (!step(until)) {
                return condition.getAsBoolean();
            }
        }
        return true;
    }

    /** Something went wrong where it does not come through to whoever plays the history. */
    void broke(Throwable how) {
        if (broken.isEmpty()) {
            broken = Optional.of(how);
        }
    }

    private void check() {
        if (broken.isPresent()) {
            if (broken.get() instanceof BrokenInvariant invariant) {
                throw invariant;
            }
            throw new AssertionError(Invariant.NO_INTERNAL_ERROR + ": " + broken.get(), broken.get());
        }
    }

    /** Lets the next thing happen, unless it is later than that. */
    boolean step(long until) {
        check();
        if (++steps > MOST_STEPS) {
            throw new BrokenInvariant(Invariant.ALL_SETTLES, "something goes round in circles");
        }
        long wake = Long.MAX_VALUE;
        for (int i = 0; i < devices.size(); i++) {
            wake = Math.min(wake, devices.get(i).runLoop());
        }
        long scheduled = time.nextNanos();
        if (Math.min(wake, scheduled) > until) {
            return false;
        }
        if (wake <= scheduled) {
            time.advanceTo(wake);
        } else {
            time.runNext();
        }
        return true;
    }

    @Override
    public String toString() {
        return scenario + " at " + time.nanos() / 1_000_000 + " ms";
    }
}
