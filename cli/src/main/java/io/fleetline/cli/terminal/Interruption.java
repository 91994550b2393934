package io.fleetline.cli.terminal;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Ctrl-C (SIGINT) and SIGTERM as a wish to end in good order: who runs is told, and has a limited time to come to its
 * end; its exit code is then the process's. Thread-safe.
 */
public final class Interruption {
    private final CountDownLatch wished = new CountDownLatch(1);
    private final CompletableFuture<Integer> ended = new CompletableFuture<>();
    private final Duration grace;
    private final Thread hook;

    private Interruption(Duration grace) {
        this.grace = grace;
        this.hook = new Thread(this::end, "interruption");
    }

    /** Begins to listen; who runs has this long from the wish to its end. */
    public static Interruption listen(Duration grace) {
        Interruption interruption = new Interruption(grace);
        Runtime.getRuntime().addShutdownHook(interruption.hook);
        return interruption;
    }

    /**
     * Waits for the wish.
     *
     * @return whether it came within this time
     */
    public boolean await(Duration patience) throws InterruptedException {
        return wished.await(patience.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Waits for the wish, however long. */
    public void await() throws InterruptedException {
        wished.await();
    }

    /** Wishes the same for another reason than a signal. */
    public void wish() {
        wished.countDown();
    }

    /** Whether it came. */
    public boolean isWished() {
        return wished.getCount() == 0;
    }

    /** Who runs has come to its end, with this exit code, and has nothing left to say. */
    public void ended(int exitCode) {
        ended.complete(exitCode);
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The process is ending: the hook waits for just this, and ends it with the exit code.
        }
    }

    private void end() {
        wished.countDown();
        int exitCode = ExitCode.INTERRUPTED;
        try {
            exitCode = ended.get(grace.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            exitCode = ExitCode.INTERRUPTED;
        }
        // A process that a signal ends has the exit code of the signal, unless it is halted with another one.
        Runtime.getRuntime().halt(exitCode);
    }
}
