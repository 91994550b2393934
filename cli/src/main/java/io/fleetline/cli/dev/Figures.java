package io.fleetline.cli.dev;

import java.time.Duration;
import java.util.Locale;

/** How an instance does, in one line. */
final class Figures {
    private Figures() {}

    /**
     * The live line.
     *
     * @param devices how many are connected
     * @param lately the receipts since the last look
     * @param since how long that is
     * @param stored all receipts so far
     */
    static String live(long devices, AckTimes.Look lately, Duration since, long stored) {
        return String.format(
                Locale.ROOT,
                "%s | %s events/s | ack %s | %d stored",
                counted(devices, "device"),
                rate(lately.count(), since),
                latency(lately),
                stored);
    }

    /**
     * The summary at the end.
     *
     * @param devices how many there were
     * @param published how many events they published
     * @param all the receipts
     * @param ran for how long
     */
    static String summary(long devices, long published, AckTimes.Look all, Duration ran) {
        return String.format(
                Locale.ROOT,
                "Ran %.1f s with %s: %d events published, %d receipts, %s events/s, ack %s.",
                ran.toMillis() / 1e3,
                counted(devices, "device"),
                published,
                all.count(),
                rate(all.count(), ran),
                latency(all));
    }

    private static String rate(long count, Duration time) {
        return String.format(Locale.ROOT, "%.1f", time.isZero() ? 0.0 : count * 1e9 / time.toNanos());
    }

    private static String latency(AckTimes.Look look) {
        return look.count() == 0
                ? "none"
                : String.format(Locale.ROOT, "p50 %.1f ms, p99 %.1f ms", look.p50Millis(), look.p99Millis());
    }

    private static String counted(long count, String what) {
        return count + " " + what + (count == 1 ? "" : "s");
    }
}
