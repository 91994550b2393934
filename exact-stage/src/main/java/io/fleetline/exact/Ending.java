package io.fleetline.exact;

import java.util.concurrent.CountDownLatch;

/**
 * SIGTERM and Ctrl-C as a wish to end in good order: the process ends with the exit code of what it did about it, where a JVM
 * by itself ends with the signal's (143, 130). Thread-safe.
 */
final class Ending {
    private static final int NOTHING_DONE = 0;

    private final CountDownLatch wished = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);
    private boolean atWork; // guarded by this
    private int exitCode; // guarded by this

    private Ending() {}

    /** Begins to listen. */
    static Ending listen() {
        Ending ending = new Ending();
        Runtime.getRuntime().addShutdownHook(new Thread(ending::end, "ending"));
        return ending;
    }

    /** From now on there is something to bring to an end; what this returns says when. */
    synchronized CountDownLatch isAtWork() {
        atWork = true;
        return wished;
    }

    /** Nothing is at work any more, and this is what came of it. */
    synchronized void ended(int withExitCode) {
        atWork = false;
        exitCode = withExitCode;
        ended.countDown();
    }

    /** While it starts there is nothing to wait for, and Kafka may keep it waiting for a minute. */
    private void end() {
        wished.countDown();
        if (isBusy()) {
            try {
                ended.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        Runtime.getRuntime().halt(code());
    }

    private synchronized boolean isBusy() {
        return atWork;
    }

    private synchronized int code() {
        return ended.getCount() == 0 ? exitCode : NOTHING_DONE;
    }
}
