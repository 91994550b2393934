package io.fleetline.simulator.payload;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;

/**
 * A track: something that drives about in the surroundings of a place, and turns as it goes.
 *
 * @param latitude of the place, in degrees, -85 to 85: beyond, a degree of longitude is too short to reckon with
 * @param longitude of the place, in degrees, -180 to 180
 * @param metersPerSecond how fast it goes on average, 0 to 1,000
 */
public record Gps(double latitude, double longitude, double metersPerSecond) implements PayloadModel {
    private static final double METERS_PER_DEGREE = 111_320;
    /** Where devices begin: within about 2 km of the place. */
    private static final double SPREAD_DEGREES = 0.02;
    /** How far it turns in one reading, in degrees, as the standard deviation. */
    private static final double TURN = 15;

    /** @throws IllegalArgumentException naming the part that is out of its range */
    public Gps {
        require("latitude", latitude, -85, 85);
        require("longitude", longitude, -180, 180);
        require("metersPerSecond", metersPerSecond, 0, 1_000);
    }

    private static void require(String key, double value, double least, double most) {
        if (!(value >= least && value <= most)) {
            throw new IllegalArgumentException(key + " is " + value + ", not within " + least + " to " + most);
        }
    }

    @Override
    public Readings begin(Random random) {
        return new Track(random);
    }

    private final class Track implements Readings {
        private final Random random;
        private double at = Double.NaN;
        private double north;
        private double east;
        private double heading;

        Track(Random random) {
            this.random = random;
            this.north = latitude + (random.nextDouble() - 0.5) * SPREAD_DEGREES;
            this.east = longitude + (random.nextDouble() - 0.5) * SPREAD_DEGREES;
            this.heading = random.nextDouble() * 360;
        }

        @Override
        public Map<String, Object> next(double seconds) {
            double passed = Double.isNaN(at) ? 0 : seconds - at;
            at = seconds;
            double speed = Math.max(0, metersPerSecond * (1 + random.nextGaussian() / 5));
            double meters = speed * passed;
            north += Math.cos(Math.toRadians(heading)) * meters / METERS_PER_DEGREE;
            east += Math.sin(Math.toRadians(heading))
                    * meters
                    / (METERS_PER_DEGREE * Math.cos(Math.toRadians(latitude)));
            heading = Math.floorMod((long) (heading + random.nextGaussian() * TURN), 360L);
            Map<String, Object> fix = new LinkedHashMap<>();
            fix.put("lat", Math.round(north * 1e6) / 1e6);
            fix.put("lon", Math.round(east * 1e6) / 1e6);
            fix.put("speed", Math.round(speed * 10) / 10.0);
            fix.put("heading", (long) heading);
            return fix;
        }
    }
}
