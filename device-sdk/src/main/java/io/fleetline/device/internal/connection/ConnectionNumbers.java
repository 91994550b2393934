package io.fleetline.device.internal.connection;

import io.fleetline.protocol.ServerFrame.Welcome;
import java.time.Duration;

/** The highest number of a connection that the device was told: what the next {@code hello} names. */
final class ConnectionNumbers {
    /** A connection's number is its node's clock in ms times this, and some bits. */
    private static final long PER_MILLI = 1024;

    /** A number from further ahead is not of this time, and would have every honest node refuse the device. */
    private static final long DAY_MILLIS = Duration.ofDays(1).toMillis();

    private long last;

    long last() {
        return last;
    }

    /** Takes in what a welcome says. Returns whether it is of the welcome's own time. */
    boolean welcomed(Welcome welcome) {
        if (!isPlausible(welcome.connection(), welcome.timeMillis())) {
            return false;
        }
        last = Math.max(last, welcome.connection());
        return true;
    }

    /** Another connection took over; an absurd number is not believed. */
    void takenOverBy(long winner, long nodeMillis) {
        if (isPlausible(winner, nodeMillis)) {
            last = Math.max(last, winner);
        }
    }

    /** A node refused the number. */
    void forget() {
        last = 0;
    }

    private static boolean isPlausible(long number, long nodeMillis) {
        return number / PER_MILLI <= nodeMillis + DAY_MILLIS;
    }
}
