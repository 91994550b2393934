package io.fleetline.simulator.payload;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;

/**
 * Blocks of an acceleration sensor: a tone, its first overtone and noise, as 16-bit samples in little-endian order. What they
 * weigh is what they are for: large bodies that hardly compress.
 *
 * @param samples how many a block has, 1 to 15,000 (30,000 bytes)
 * @param samplesPerSecond how many the sensor takes in a second, 1 to 1,000,000
 * @param hertz the tone, more than 0 and less than half of {@code samplesPerSecond}
 */
public record Vibration(int samples, int samplesPerSecond, double hertz) implements PayloadModel {
    private static final double AMPLITUDE = 8_000;

    /** @throws IllegalArgumentException naming the part that is out of its range */
    public Vibration {
        if (samples < 1 || samples > 15_000) {
            throw new IllegalArgumentException("samples is " + samples + ", not within 1 to 15000");
        }
        if (samplesPerSecond < 1 || samplesPerSecond > 1_000_000) {
            throw new IllegalArgumentException("samplesPerSecond is " + samplesPerSecond + ", not within 1 to 1000000");
        }
        if (!(hertz > 0 && hertz < samplesPerSecond / 2.0)) {
            throw new IllegalArgumentException("hertz is " + hertz
                    + ", not more than 0 and less than half of samplesPerSecond (" + samplesPerSecond + ")");
        }
    }

    @Override
    public Readings begin(Random random) {
        double phase = random.nextDouble() * 2 * Math.PI;
        double tone = hertz * (1 + random.nextGaussian() / 100);
        return seconds -> {
            ByteBuffer block = ByteBuffer.allocate(2 * samples).order(ByteOrder.LITTLE_ENDIAN);
            double beginRadians = phase + 2 * Math.PI * tone * seconds;
            double stepRadians = 2 * Math.PI * tone / samplesPerSecond;
            for (int i = 0; i < samples; i++) {
                double at = beginRadians + i * stepRadians;
                double value = Math.sin(at) + Math.sin(2 * at) / 3 + (random.nextDouble() - 0.5) / 2;
                block.putShort((short) (AMPLITUDE * value));
            }
            Map<String, Object> reading = new LinkedHashMap<>();
            reading.put("samplesPerSecond", (long) samplesPerSecond);
            reading.put("samples", block.array());
            return reading;
        };
    }
}
