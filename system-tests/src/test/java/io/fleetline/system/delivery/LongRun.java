package io.fleetline.system.delivery;

import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Plays any number of histories, prints the seed of each that fails, and goes on. System properties: {@code fleetline.first}, the first seed, new
 * ones by the clock if it is missing; {@code fleetline.histories}, how many; {@code fleetline.minutes}, after which it stops
 * even so; {@code fleetline.failures}, after how many failures it stops; {@code fleetline.threads}. Several processes share a
 * million by their first seeds.
 */
final class LongRun {
    private static final int MOST_STORIES = 3;
    private static final long MINUTE_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final Coverage coverage = new Coverage();
    private final Map<String, Integer> failures = new TreeMap<>();
    private final long first;
    private final AtomicLong next;
    private final long end;
    private final long began = System.nanoTime();
    private final int mostFailures = Integer.getInteger("fleetline.failures", Integer.MAX_VALUE);
    private final long mostNanos = TimeUnit.MINUTES.toNanos(Integer.getInteger("fleetline.minutes", 60 * 24 * 365));
    private long played;
    private long toldNanos = began;

    LongRun(long first, long histories) {
        this.first = first;
        this.next = new AtomicLong(first);
        this.end = first + histories;
    }

    /** What the properties say. */
    static LongRun asConfigured() {
        return new LongRun(
                Long.getLong("fleetline.first", System.currentTimeMillis() * 1_000),
                Long.getLong("fleetline.histories", 1_000_000));
    }

    /** Exits with 1 if an invariant did not hold; for those who want it without a test framework around it. */
    public static void main(String[] args) throws InterruptedException {
        LongRun run = asConfigured();
        run.play();
        System.exit(run.failures.isEmpty() ? 0 : 1);
    }

    /** How often which invariant did not hold, by scenario. */
    Map<String, Integer> failures() {
        return failures;
    }

    /** Plays them all, prints each minute how far it is, and at the end what was seen. */
    void play() throws InterruptedException {
        int threads =
                Integer.getInteger("fleetline.threads", Runtime.getRuntime().availableProcessors());
        System.out.println((end - first) + " histories from seed " + first + " on " + threads + " threads");
        Thread[] players = new Thread[threads];
        for (int i = 0; i < threads; i++) {
            players[i] = new Thread(this::playSome, "player-" + i);
            players[i].start();
        }
        for (Thread player : players) {
            player.join();
        }
        System.out.println(coverage);
        System.out.println("at the end " + soFar());
    }

    private synchronized String soFar() {
        double seconds = (System.nanoTime() - began) / 1e9;
        return String.format(
                Locale.ROOT,
                "%d histories from seed %d on, %.0f s, %.2f ms each; failures: %s",
                played,
                first,
                seconds,
                seconds * 1e3 / Math.max(1, played),
                failures);
    }

    private synchronized boolean goesOn() {
        long now = System.nanoTime();
        if (now - toldNanos > MINUTE_NANOS) {
            toldNanos = now;
            System.out.println(Instant.now() + " " + soFar());
        }
        int failed = failures.values().stream().mapToInt(Integer::intValue).sum();
        return failed < mostFailures && now - began < mostNanos;
    }

    private synchronized void played() {
        played++;
    }

    private void playSome() {
        Checker checker = new Checker();
        for (long seed = next.getAndIncrement(); seed < end && goesOn(); seed = next.getAndIncrement()) {
            try {
                checker.play(seed);
            } catch (AssertionError e) {
                failed(seed, e);
            }
            played();
        }
        synchronized (this) {
            coverage.add(checker.coverage());
        }
    }

    private synchronized void failed(long seed, AssertionError how) {
        String text = String.valueOf(how.getMessage());
        String line = text.lines().findFirst().orElse("");
        String invariant = line.replaceAll(".*BrokenInvariant: ", "").replaceAll(":.*", "");
        int times = failures.merge(Checker.scenario(seed) + " " + invariant, 1, Integer::sum);
        System.out.println(
                "seed " + seed + " " + Checker.scenario(seed) + ": " + (times <= MOST_STORIES ? text : line));
    }
}
