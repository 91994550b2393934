package io.fleetline.bench.bodies;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;

/** Bodies of about 100 bytes, with the readings that devices send, in the shapes that common encoders give them. */
public enum Bodies {
    /** All the maps below in turn. */
    MAPS {
        @Override
        public byte[] write(Random random) {
            return switch (random.nextInt(4)) {
                case 0 -> JACKSON.write(random);
                case 1 -> CBOR_X.write(random);
                case 2 -> CBOR2.write(random);
                default -> SENML.write(random);
            };
        }
    },
    /** Seven named readings as Jackson writes a map: of indefinite length, numbers in 64 bits. */
    JACKSON {
        @Override
        public byte[] write(Random random) {
            Writer writer = new Writer().bytes(0xbf);
            readings(random).forEach((name, value) -> writer.text(name).value(value));
            return writer.bytes(0xff).toByteArray();
        }
    },
    /** The same as cbor-x writes it: the map's head always in three bytes. */
    CBOR_X {
        @Override
        public byte[] write(Random random) {
            Map<String, Object> readings = readings(random);
            Writer writer = new Writer().bytes(0xb9, 0, readings.size());
            readings.forEach((name, value) -> writer.text(name).value(value));
            return writer.toByteArray();
        }
    },
    /** The same as Python's cbor2 and JavaScript's cborg write it: shortest heads. */
    CBOR2 {
        @Override
        public byte[] write(Random random) {
            Map<String, Object> readings = readings(random);
            Writer writer = new Writer().head(5, readings.size());
            readings.forEach((name, value) -> writer.text(name).value(value));
            return writer.toByteArray();
        }
    },
    /** A pack of four SenML records (RFC 8428 section 6): integer labels, numbers in 32 bits, as firmware writes it. */
    SENML {
        @Override
        public byte[] write(Random random) {
            Writer writer = new Writer().head(4, 4);
            writer.head(5, 5).head(1, 1).text("urn:dev:mac:0024befffe" + (100000 + random.nextInt(900000)) + ":");
            writer.head(1, 2).head(0, 1_700_000_000L + random.nextInt(100_000_000));
            writer.head(0, 0).text("temp").head(0, 1).text("Cel").head(0, 2).single(random.nextFloat() * 40);
            writer.head(5, 3).head(0, 0).text("rh").head(0, 1).text("%RH");
            writer.head(0, 2).single(random.nextFloat() * 100);
            writer.head(5, 2).head(0, 0).text("batt").head(0, 2).single(3 + random.nextFloat());
            writer.head(5, 2).head(0, 0).text("open").head(0, 4).bytes(random.nextBoolean() ? 0xf5 : 0xf4);
            return writer.toByteArray();
        }
    },
    /** A byte string: what a device sends that has a format of its own. */
    BYTES {
        @Override
        public byte[] write(Random random) {
            byte[] content = new byte[98];
            random.nextBytes(content);
            return new Writer().head(2, content.length).raw(content).toByteArray();
        }
    };

    /** One body, with readings of its own. */
    public abstract byte[] write(Random random);

    private static Map<String, Object> readings(Random random) {
        Map<String, Object> readings = new LinkedHashMap<>();
        readings.put("temperature", decimal(random.nextDouble() * 40));
        readings.put("humidity", decimal(random.nextDouble() * 100));
        readings.put("pressure", decimal(950 + random.nextDouble() * 100));
        readings.put("battery", decimal(3 + random.nextDouble()));
        readings.put("rssi", -30L - random.nextInt(90));
        readings.put("uptime", 70_000L + random.nextInt(100_000_000));
        readings.put("ok", random.nextBoolean());
        return readings;
    }

    /** With three decimals, as a sensor's driver gives it. */
    private static double decimal(double value) {
        return Math.round(value * 1000) / 1000.0;
    }

    /** Writes CBOR (RFC 8949) with shortest heads. */
    private static final class Writer {
        private final ByteArrayOutputStream out = new ByteArrayOutputStream();

        Writer head(int majorType, long argument) {
            int type = majorType << 5;
            if (argument < 24) {
                return bytes(type | (int) argument);
            }
            int width = argument < 1 << 8 ? 1 : argument < 1 << 16 ? 2 : argument < 1L << 32 ? 4 : 8;
            bytes(type | (24 + Integer.numberOfTrailingZeros(width)));
            byte[] wide = ByteBuffer.allocate(Long.BYTES).putLong(argument).array();
            out.write(wide, Long.BYTES - width, width);
            return this;
        }

        Writer text(String text) {
            byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
            return head(3, utf8.length).raw(utf8);
        }

        Writer value(Object value) {
            if (value instanceof Double number) {
                return bytes(0xfb)
                        .raw(ByteBuffer.allocate(Double.BYTES).putDouble(number).array());
            }
            if (value instanceof Long number) {
                return number < 0 ? head(1, -1 - number) : head(0, number);
            }
            return bytes(value.equals(true) ? 0xf5 : 0xf4);
        }

        Writer single(float value) {
            return bytes(0xfa)
                    .raw(ByteBuffer.allocate(Float.BYTES).putFloat(value).array());
        }

        Writer bytes(int... values) {
            for (int value : values) {
                out.write(value);
            }
            return this;
        }

        Writer raw(byte[] bytes) {
            out.writeBytes(bytes);
            return this;
        }

        byte[] toByteArray() {
            return out.toByteArray();
        }
    }
}
