package io.fleetline.cli.terminal;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * A line that is always the last one and shows how things are now. On a terminal it is drawn over itself; elsewhere it is
 * printed anew, but less often. Thread-safe.
 */
public final class LiveLine {
    /** How often it is printed where it cannot be drawn over itself. */
    static final Duration PRINT_INTERVAL = Duration.ofSeconds(5);

    private static final String BACK_TO_START_AND_CLEAR = "\r\u001b[K";

    private final PrintWriter out; // guarded by this
    private final boolean terminal;
    private final LongSupplier nanoTime;
    private String shown = ""; // guarded by this
    private long printedNanos; // guarded by this

    /**
     * @param terminal whether the output is a terminal that understands control sequences
     * @param nanoTime a clock that never goes back
     */
    public LiveLine(PrintWriter out, boolean terminal, LongSupplier nanoTime) {
        this.out = out;
        this.terminal = terminal;
        this.nanoTime = nanoTime;
        this.printedNanos = nanoTime.getAsLong() - PRINT_INTERVAL.toNanos();
    }

    /** Whether standard output is a terminal, as the launcher found. */
    public static boolean onTerminal() {
        return Boolean.getBoolean("fleetline.terminal");
    }

    /** Shows how things are now. */
    public synchronized void show(String text) {
        if (terminal) {
            shown = text;
            out.print(BACK_TO_START_AND_CLEAR + text);
            out.flush();
            return;
        }
        long nowNanos = nanoTime.getAsLong();
        if (nowNanos - printedNanos >= PRINT_INTERVAL.toNanos()) {
            printedNanos = nowNanos;
            out.println(text);
            out.flush();
        }
    }

    /** Prints a line that stays, above the live one. */
    public synchronized void say(String text) {
        if (terminal) {
            out.print(BACK_TO_START_AND_CLEAR);
        }
        out.println(text);
        if (terminal) {
            out.print(shown);
        }
        out.flush();
    }

    /** Takes the live line away; what is said afterwards comes in its place. */
    public synchronized void end() {
        if (terminal) {
            out.print(BACK_TO_START_AND_CLEAR);
            out.flush();
            shown = "";
        }
    }
}
