package io.fleetline.system.delivery;

import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;

/** Plays any number of histories, and goes on after a failure. */
final class LongRun {
    private static final int MOST_TOLD = 5;

    private final Coverage coverage = new Coverage();
    private final Map<String, Integer> failures = new TreeMap<>();
    private final long first;
    private final AtomicLong next;
    private final long end;

    LongRun(long first, long histories) {
        this.first = first;
        this.next = new AtomicLong(first);
        this.end = first + histories;
    }

    /** Exits with 1 if an invariant did not hold; for those who want it without a test framework around it. */
    public static void main(String[] args) throws InterruptedException {
        LongRun run = new LongRun(Long.getLong("fleetline.first", 1), Long.getLong("fleetline.histories", 1_000_000));
        run.play(Integer.getInteger("fleetline.threads", Runtime.getRuntime().availableProcessors()));
        System.exit(run.failures.isEmpty() ? 0 : 1);
    }

    /** How often which invariant did not hold, by scenario. */
    Map<String, Integer> failures() {
        return failures;
    }

    /** Plays them all, and prints what was seen. */
    void play(int threads) throws InterruptedException {
        long histories = end - first;
        System.out.println(histories + " histories from seed " + first + " on " + threads + " threads");
        long began = System.nanoTime();
        Thread[] players = new Thread[threads];
        for (int i = 0; i < threads; i++) {
            players[i] = new Thread(this::playSome, "player-" + i);
            players[i].start();
        }
        for (Thread player : players) {
            player.join();
        }
        double seconds = (System.nanoTime() - began) / 1e9;
        System.out.println(coverage);
        System.out.printf(
                Locale.ROOT, "%.0f s, %.2f ms each; failures: %s%n", seconds, seconds * 1e3 / histories, failures);
    }

    private void playSome() {
        Checker checker = new Checker();
        for (long seed = next.getAndIncrement(); seed < end; seed = next.getAndIncrement()) {
            try {
                checker.play(seed);
            } catch (AssertionError e) {
                failed(seed, e);
            }
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
        if (times <= MOST_TOLD) {
            System.out.println("seed " + seed + " " + Checker.scenario(seed) + ": " + (times == 1 ? text : line));
        }
    }
}
