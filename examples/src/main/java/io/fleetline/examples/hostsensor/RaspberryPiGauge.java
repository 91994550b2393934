package io.fleetline.examples.hostsensor;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * What the firmware of a Raspberry Pi tells through {@code vcgencmd}: the processor's temperature, and whether it is or was
 * slowed down for heat or want of power. Nothing on other machines. Asked at most every ten seconds, since it takes two
 * processes; in between the answer of before stands.
 *
 * @see <a href="https://www.raspberrypi.com/documentation/computers/os.html#vcgencmd">vcgencmd</a>
 */
final class RaspberryPiGauge implements Gauge {
    private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** Bits of {@code get_throttled}; the same 16 higher say that it was so since the machine started. */
    private static final Map<Integer, String> BITS =
            Map.of(0, "underVoltage", 1, "frequencyCapped", 2, "throttled", 3, "softTemperatureLimit");

    private static final int SINCE_START = 16;

    private final Program program;
    private Optional<Map<String, Object>> last = Optional.empty();
    private Optional<Long> askedNanos = Optional.empty();

    RaspberryPiGauge(Program program) {
        this.program = program;
    }

    @Override
    public String channel() {
        return "host/raspberry-pi";
    }

    @Override
    public Optional<Map<String, Object>> read(long nowNanos) {
        if (askedNanos.isEmpty() || nowNanos - askedNanos.get() >= PAUSE_NANOS) {
            askedNanos = Optional.of(nowNanos);
            last = ask();
        }
        return last;
    }

    private Optional<Map<String, Object>> ask() {
        Map<String, Object> reading = new LinkedHashMap<>();
        program.run("measure_temp")
                .flatMap(line -> number(line, "temp=", "'C"))
                .ifPresent(celsius -> reading.put("celsius", celsius));
        program.run("get_throttled").flatMap(RaspberryPiGauge::throttled).ifPresent(bits -> {
            BITS.forEach((bit, name) -> {
                reading.put(name, (bits >> bit & 1) == 1);
                reading.put(name + "SinceStart", (bits >> (bit + SINCE_START) & 1) == 1);
            });
        });
        return reading.isEmpty() ? Optional.empty() : Optional.of(reading);
    }

    private static Optional<Double> number(String line, String before, String after) {
        try {
            return line.startsWith(before) && line.endsWith(after)
                    ? Optional.of(Double.valueOf(line.substring(before.length(), line.length() - after.length())))
                    : Optional.empty();
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    private static Optional<Integer> throttled(String line) {
        try {
            return line.startsWith("throttled=")
                    ? Optional.of(Integer.decode(line.substring("throttled=".length())))
                    : Optional.empty();
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }
}
