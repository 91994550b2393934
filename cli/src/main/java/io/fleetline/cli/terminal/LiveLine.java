package io.fleetline.cli.terminal;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * A line that is always the last one and shows how things are now. On a terminal it is drawn over itself, and never longer than that
 * is wide: a line that wraps cannot be drawn over. Elsewhere it is printed anew, whole, but less often. Thread-safe.
 */
public final class LiveLine {
    /** How often it is printed where it cannot be drawn over itself. */
    static final Duration PRINT_INTERVAL = Duration.ofSeconds(5);

    /** What terminals have that do not say how wide they are. */
    static final int USUAL_COLUMNS = 80;

    /** Narrower ones are taken for a mistake. */
    private static final int LEAST_COLUMNS = 20;

    private static final String BACK_TO_START_AND_CLEAR = "\r\u001b[K";

    private final PrintWriter out; // guarded by this
    private final boolean terminal;
    private final int room;
    private final LongSupplier nanoTime;
    private String shown = ""; // guarded by this
    private long printedNanos; // guarded by this

    /**
     * As wide as the launcher found the terminal.
     *
     * @param terminal whether the output is a terminal that understands control sequences
     * @param nanoTime a clock that never goes back
     */
    public LiveLine(PrintWriter out, boolean terminal, LongSupplier nanoTime) {
        this(out, terminal, columns(System.getProperty("fleetline.columns", "")), nanoTime);
    }

    LiveLine(PrintWriter out, boolean terminal, int columns, LongSupplier nanoTime) {
        this.out = out;
        this.terminal = terminal;
        // The last column stays free: a letter there has some terminals wrap already.
        this.room = terminal ? columns - 1 : Integer.MAX_VALUE;
        this.nanoTime = nanoTime;
        this.printedNanos = nanoTime.getAsLong() - PRINT_INTERVAL.toNanos();
    }

    /** Whether standard output is a terminal, as the launcher found. */
    public static boolean onTerminal() {
        return Boolean.getBoolean("fleetline.terminal");
    }

    /** How many columns a text names; the usual number unless it names one that can be. */
    static int columns(String text) {
        try {
            int columns = Integer.parseInt(text.strip());
            return columns < LEAST_COLUMNS ? USUAL_COLUMNS : columns;
        } catch (NumberFormatException e) {
            return USUAL_COLUMNS;
        }
    }

    /** How many letters there is room for. */
    public int room() {
        return room;
    }

    /** Shows how things are now; what there is no room for is cut off. */
    public synchronized void show(String text) {
        if (terminal) {
            shown = text.length() <= room ? text : text.substring(0, room - 1) + "…";
            out.print(BACK_TO_START_AND_CLEAR + shown);
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
