package io.fleetline.cli.capacity;

import io.fleetline.simulator.Measured;
import io.fleetline.simulator.measure.Sample;
import java.util.OptionalDouble;

/**
 * How fast devices were let in that all began to connect at the same moment.
 *
 * @param devices how many there were
 * @param perSecond nine tenths of them divided by the time until so many were welcomed; empty if fewer were in the end
 * @param connected how many were in the end
 */
record Connects(long devices, OptionalDouble perSecond, long connected) {
    /** The last ones are mostly such as had to wait before they tried again. */
    private static final double SHARE = 0.9;

    /** What came of a run whose devices arrived all at once, at its beginning. */
    static Connects of(Measured measured) {
        double enough = SHARE * measured.devices();
        double seconds = 0;
        double connected = 0;
        for (Sample sample : measured.samples()) {
            if (sample.connected() >= enough) {
                // Between two looks they are taken to come evenly.
                double part = (enough - connected) / (sample.connected() - connected);
                double until = seconds + part * (sample.atSeconds() - seconds);
                return new Connects(measured.devices(), OptionalDouble.of(enough / until), measured.connected());
            }
            seconds = sample.atSeconds();
            connected = sample.connected();
        }
        return new Connects(measured.devices(), OptionalDouble.empty(), measured.connected());
    }
}
