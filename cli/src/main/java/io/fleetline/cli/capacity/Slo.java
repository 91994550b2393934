package io.fleetline.cli.capacity;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What is asked of a system at the load that is searched for. That Kafka holds what was promised is asked in any case.
 *
 * @param p99 from when an event was due to its receipt, 99th percentile; empty if it does not matter
 * @param p999 the same, 99.9th percentile
 * @param loss which share of the events devices may drop, 0 to 1
 */
public record Slo(Optional<Duration> p99, Optional<Duration> p999, double loss) {
    private static final Pattern TIME = Pattern.compile("(p99|p99\\.9)<(\\d{1,9})(ms|s)");
    private static final Pattern LOSS = Pattern.compile("loss(=|<=?)(\\d{1,3}(?:\\.\\d{1,9})?)(%?)");

    /**
     * Reads one as people write it: {@code p99<200ms,loss=0}. Parts are {@code p99}, {@code p99.9} and {@code loss}, which
     * is 0 unless it is named.
     *
     * @throws IllegalArgumentException naming the part that is not of its form
     */
    public static Slo parse(String text) {
        Optional<Duration> p99 = Optional.empty();
        Optional<Duration> p999 = Optional.empty();
        double loss = 0;
        for (String part : text.replace(" ", "").split(",", -1)) {
            Matcher time = TIME.matcher(part);
            Matcher share = LOSS.matcher(part);
            if (time.matches()) {
                long amount = Long.parseLong(time.group(2));
                Optional<Duration> limit =
                        Optional.of(time.group(3).equals("s") ? Duration.ofSeconds(amount) : Duration.ofMillis(amount));
                if (time.group(1).equals("p99")) {
                    p99 = limit;
                } else {
                    p999 = limit;
                }
            } else if (share.matches()) {
                loss = Double.parseDouble(share.group(2)) / (share.group(3).isEmpty() ? 1 : 100);
            } else {
                throw new IllegalArgumentException("'" + part
                        + "' in the SLO is none of p99<TIME, p99.9<TIME and loss=SHARE, such as" + " p99<200ms,loss=0");
            }
        }
        if (loss > 1) {
            throw new IllegalArgumentException("loss is " + loss + ", more than all");
        }
        return new Slo(p99, p999, loss);
    }

    @Override
    public String toString() {
        return p99.map(limit -> "p99<" + limit.toMillis() + "ms,").orElse("")
                + p999.map(limit -> "p99.9<" + limit.toMillis() + "ms,").orElse("")
                + "loss=" + (loss == 0 ? "0" : Double.toString(loss));
    }
}
