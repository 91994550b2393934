package io.fleetline.simulator.payload;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** What devices say. */
public sealed interface PayloadModel permits PayloadModel.Walk, Gps, Vibration, PayloadModel.Counters, Replay {
    /** Begins for one device, whose readings follow from this source of chance. */
    Readings begin(Random random);

    /**
     * Values that wander, each within its bounds.
     *
     * @param fields how they are called, 1 to 64
     * @param start where they begin
     * @param step how far one goes in one reading, as the standard deviation
     * @param least the lowest value; one that would go below is reflected
     * @param most the highest value
     */
    record Walk(List<String> fields, double start, double step, double least, double most) implements PayloadModel {
        /** @throws IllegalArgumentException naming the part that is out of its range */
        public Walk {
            fields = names(fields);
            if (!(least < most && start >= least && start <= most)) {
                throw new IllegalArgumentException(
                        "start is " + start + ", not within least (" + least + ") to most (" + most + ")");
            }
            if (!(step >= 0 && step <= most - least)) {
                throw new IllegalArgumentException("step is " + step + ", not within 0 to " + (most - least));
            }
        }

        @Override
        public Readings begin(Random random) {
            double[] values = new double[fields.size()];
            Arrays.fill(values, start);
            return seconds -> {
                Map<String, Object> reading = new LinkedHashMap<>();
                for (int i = 0; i < values.length; i++) {
                    values[i] = reflected(values[i] + random.nextGaussian() * step);
                    reading.put(fields.get(i), Math.round(values[i] * 1_000) / 1_000.0);
                }
                return reading;
            };
        }

        private double reflected(double value) {
            double inside = value < least ? 2 * least - value : value > most ? 2 * most - value : value;
            return Math.max(least, Math.min(most, inside));
        }
    }

    /**
     * Numbers that only rise, as meters and counters do.
     *
     * @param fields how they are called, 1 to 64
     * @param mostStep how much one rises at most in one reading, 1 or more
     */
    record Counters(List<String> fields, long mostStep) implements PayloadModel {
        /** @throws IllegalArgumentException naming the part that is out of its range */
        public Counters {
            fields = names(fields);
            if (mostStep < 1 || mostStep > 1_000_000_000) {
                throw new IllegalArgumentException("mostStep is " + mostStep + ", not within 1 to 1000000000");
            }
        }

        @Override
        public Readings begin(Random random) {
            long[] values = new long[fields.size()];
            return seconds -> {
                Map<String, Object> reading = new LinkedHashMap<>();
                for (int i = 0; i < values.length; i++) {
                    values[i] += (long) (random.nextDouble() * (mostStep + 1));
                    reading.put(fields.get(i), values[i]);
                }
                return reading;
            };
        }
    }

    private static List<String> names(List<String> fields) {
        if (fields.isEmpty() || fields.size() > 64) {
            throw new IllegalArgumentException("fields has " + fields.size() + " names, not 1 to 64");
        }
        return List.copyOf(fields);
    }
}
