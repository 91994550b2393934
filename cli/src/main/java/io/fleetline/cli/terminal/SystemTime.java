package io.fleetline.cli.terminal;

import java.time.Clock;

/** The clocks of this machine: the one place where the command line reads them. */
public final class SystemTime {
    private SystemTime() {}

    /** A clock that never goes back, in ns; only differences mean something. */
    public static long nanoTime() {
        return System.nanoTime();
    }

    /** The time of day. */
    public static Clock clock() {
        return Clock.systemUTC();
    }
}
