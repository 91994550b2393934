package io.fleetline.simulator;

import io.fleetline.protocol.Lane;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * A simulated boiler: its water wanders about a target that can be set, it raises an alarm when it gets too hot, and sums
 * up every ten steps. What it does follows from its seed and the targets that it is given, and from nothing else.
 *
 * <p>Not thread-safe.
 */
final class Boiler {
    /**
     * Something that it has to say.
     *
     * @param lane alarms are urgent, sums may wait
     */
    record Reading(Lane lane, String channel, Map<String, Object> body) {}

    static final double COLDEST_TARGET = 20;
    static final double HOTTEST_TARGET = 90;

    private static final int STEPS_IN_A_SUM = 10;
    /** How much further than the target the water may go before it is an alarm, in degrees. */
    private static final double TOO_HOT = 3;

    private final Random random;
    private double target = 60;
    private double celsius = 55;
    private boolean alarmed;
    private int steps;
    private double sum;

    Boiler(Random random) {
        this.random = random;
    }

    /** What it heats for, in degrees Celsius. */
    double target() {
        return target;
    }

    /** Heats for this from now on, {@value #COLDEST_TARGET} to {@value #HOTTEST_TARGET} degrees Celsius. */
    void setTarget(double wanted) {
        // Written so that NaN is refused too.
        if (!(wanted >= COLDEST_TARGET && wanted <= HOTTEST_TARGET)) {
            throw new IllegalArgumentException(
                    "celsius is " + wanted + ", not within " + COLDEST_TARGET + " to " + HOTTEST_TARGET);
        }
        target = wanted;
    }

    /** Goes on by one step, and says what there is to say. */
    List<Reading> step() {
        celsius += (target - celsius) / 8 + random.nextGaussian();
        double pressure = 1 + celsius / 60 + random.nextGaussian() / 50;
        List<Reading> readings = new ArrayList<>(3);
        readings.add(new Reading(
                Lane.NORMAL, "boiler/water", reading("celsius", rounded(celsius), "bar", rounded(pressure))));
        boolean tooHot = celsius > target + TOO_HOT;
        if (tooHot != alarmed) {
            alarmed = tooHot;
            readings.add(
                    new Reading(Lane.URGENT, "boiler/alarm", reading("tooHot", tooHot, "celsius", rounded(celsius))));
        }
        sum += celsius;
        if (++steps == STEPS_IN_A_SUM) {
            readings.add(new Reading(
                    Lane.BACKFILL, "boiler/summary", reading("meanCelsius", rounded(sum / steps), "steps", steps)));
            steps = 0;
            sum = 0;
        }
        return readings;
    }

    private static Map<String, Object> reading(String name, Object value, String other, Object otherValue) {
        Map<String, Object> reading = new LinkedHashMap<>();
        reading.put(name, value);
        reading.put(other, otherValue);
        return reading;
    }

    private static double rounded(double value) {
        return Math.round(value * 100) / 100.0;
    }
}
