package io.fleetline.simulator.schedule;

import java.time.Duration;
import java.util.Random;

/**
 * When a device publishes. Open models: the next moment follows from the schedule alone, never from when the answer to the
 * event before came, so that a system that falls behind is seen to.
 */
public sealed interface Schedule {
    /** The shortest time between two events of one device on one channel. */
    Duration SHORTEST = Duration.ofNanos(10_000);

    /** Begins for one device, whose moments follow from this source of chance. */
    Ticks begin(Random random);

    /** How many events a second one device publishes on average. */
    double perSecond();

    /**
     * Evenly; where in the first interval a device begins is drawn, so that a fleet does not publish in step.
     *
     * @param every from one event to the next
     */
    record Fixed(Duration every) implements Schedule {
        /** @throws IllegalArgumentException if the interval is too short */
        public Fixed {
            require("every", every);
        }

        @Override
        public Ticks begin(Random random) {
            long intervalNanos = every.toNanos();
            long beginNanos = (long) (random.nextDouble() * intervalNanos);
            return new Ticks() {
                private long next = beginNanos;

                @Override
                public long nextNanos() {
                    long now = next;
                    next += intervalNanos;
                    return now;
                }
            };
        }

        @Override
        public double perSecond() {
            return rate(every);
        }
    }

    /**
     * By chance, each moment independent of all others: a Poisson process.
     *
     * @param every from one event to the next, on average
     */
    record Poisson(Duration every) implements Schedule {
        /** @throws IllegalArgumentException if the interval is too short */
        public Poisson {
            require("every", every);
        }

        @Override
        public Ticks begin(Random random) {
            double meanNanos = every.toNanos();
            return new Ticks() {
                private double at;

                @Override
                public long nextNanos() {
                    at += exponential(random, meanNanos);
                    return (long) at;
                }
            };
        }

        @Override
        public double perSecond() {
            return rate(every);
        }
    }

    /**
     * Several events close together, and then a pause.
     *
     * @param every from the beginning of one burst to that of the next
     * @param events how many events a burst has, 1 to 10,000
     * @param spacing between the events of a burst
     */
    record Bursts(Duration every, int events, Duration spacing) implements Schedule {
        /** @throws IllegalArgumentException naming the part that is out of its range, or if a burst does not end before the next */
        public Bursts {
            require("every", every);
            if (events < 1 || events > 10_000) {
                throw new IllegalArgumentException("events is " + events + ", not within 1 to 10000");
            }
            if (spacing.isNegative() || spacing.multipliedBy(events - 1L).compareTo(every) >= 0) {
                throw new IllegalArgumentException("spacing is " + Durations.text(spacing) + ": a burst of " + events
                        + " events would not end before the next begins, every " + Durations.text(every));
            }
        }

        @Override
        public Ticks begin(Random random) {
            long everyNanos = every.toNanos();
            long spacingNanos = spacing.toNanos();
            long beginNanos = (long) (random.nextDouble() * everyNanos);
            return new Ticks() {
                private long burst;
                private int event;

                @Override
                public long nextNanos() {
                    long at = beginNanos + burst * everyNanos + event * spacingNanos;
                    if (++event == events) {
                        event = 0;
                        burst++;
                    }
                    return at;
                }
            };
        }

        @Override
        public double perSecond() {
            return events * rate(every);
        }
    }

    /**
     * By chance, and more often at one time of the day than at another: a Poisson process whose rate goes up and down as a
     * cosine does, from its lowest at the beginning to its highest half a day later.
     *
     * @param every from one event to the next at the busiest time, on average
     * @param day how long a day is
     * @param night the rate at the quietest time, as a share of that at the busiest, 0 to 1
     */
    record Day(Duration every, Duration day, double night) implements Schedule {
        /** @throws IllegalArgumentException naming the part that is out of its range */
        public Day {
            require("every", every);
            require("day", day);
            if (!(night >= 0 && night <= 1)) {
                throw new IllegalArgumentException("night is " + night + ", not within 0 to 1");
            }
        }

        @Override
        public Ticks begin(Random random) {
            double meanNanos = every.toNanos();
            double dayNanos = day.toNanos();
            return new Ticks() {
                private double at;

                @Override
                public long nextNanos() {
                    // Thinning (Lewis and Shedler 1979): draw at the highest rate, keep by the rate of the moment.
                    do {
                        at += exponential(random, meanNanos);
                    } while (random.nextDouble() >= share(at / dayNanos));
                    return (long) at;
                }
            };
        }

        private double share(double days) {
            return night + (1 - night) * (1 - Math.cos(2 * Math.PI * days)) / 2;
        }

        @Override
        public double perSecond() {
            return rate(every) * (1 + night) / 2;
        }
    }

    private static void require(String key, Duration interval) {
        if (interval.compareTo(SHORTEST) < 0) {
            throw new IllegalArgumentException(
                    key + " is " + Durations.text(interval) + ", shorter than " + Durations.text(SHORTEST));
        }
    }

    private static double rate(Duration every) {
        return 1e9 / every.toNanos();
    }

    private static double exponential(Random random, double mean) {
        return -Math.log(1 - random.nextDouble()) * mean;
    }
}
