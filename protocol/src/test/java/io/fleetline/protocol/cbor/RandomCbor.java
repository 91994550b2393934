package io.fleetline.protocol.cbor;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Random;

/** Well-formed CBOR by chance, in all the ways in which it can be written; keys repeat and text is broken now and then. */
final class RandomCbor {
    private static final String[] TEXTS = {
        "", "a", "b", "ab", "abc", "temperature", "ä", "€", "😀", "a-key-of-some-length"
    };

    private final Random random;
    private final boolean faulty;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    private RandomCbor(Random random, boolean faulty) {
        this.random = random;
        this.faulty = faulty;
    }

    /** One item; with keys that repeat, bad UTF-8 and deep nesting only if {@code faulty}. */
    static byte[] item(Random random, boolean faulty) {
        RandomCbor cbor = new RandomCbor(random, faulty);
        int wraps = faulty && random.nextInt(20) == 0 ? random.nextInt(70) : 0;
        for (int i = 0; i < wraps; i++) {
            cbor.out.write(random.nextBoolean() ? 0x81 : 0xc1);
        }
        cbor.write(random.nextInt(5));
        return cbor.out.toByteArray();
    }

    /** The item with some of its bytes changed, removed or added. */
    static byte[] spoilt(Random random, byte[] item) {
        ByteArrayOutputStream spoilt = new ByteArrayOutputStream();
        int spoils = 1 + random.nextInt(3);
        for (byte value : item) {
            boolean spoil = random.nextInt(item.length) < spoils;
            if (!spoil) {
                spoilt.write(value);
            } else {
                switch (random.nextInt(4)) {
                    case 0 -> spoilt.write(value ^ 1 << random.nextInt(8));
                    case 1 -> spoilt.write(random.nextInt(256));
                    case 2 -> spoilt.writeBytes(new byte[] {value, (byte) random.nextInt(256)});
                    default -> {} // left out
                }
            }
        }
        return spoilt.toByteArray();
    }

    private void write(int levels) {
        switch (random.nextInt(levels > 0 ? 12 : 7)) {
            case 0, 1 -> head(random.nextInt(2), number());
            case 2 -> string(2, bytes());
            case 3, 4 -> string(3, text());
            case 5 -> simple();
            case 6 -> floatingPoint();
            case 7, 8 -> list(levels);
            case 9, 10 -> map(levels);
            default -> {
                head(6, random.nextBoolean() ? random.nextInt(2) : 1000);
                write(levels - 1);
            }
        }
    }

    private void list(int levels) {
        int count = random.nextInt(5);
        boolean endless = random.nextInt(3) == 0;
        begin(4, count, endless);
        for (int i = 0; i < count; i++) {
            write(levels - 1);
        }
        end(endless);
    }

    private void map(int levels) {
        int count = random.nextInt(6) == 0 ? random.nextInt(40) : random.nextInt(5);
        boolean endless = random.nextInt(3) == 0;
        begin(5, count, endless);
        for (int i = 0; i < count; i++) {
            if (!faulty) {
                string(3, ("key" + i).getBytes(StandardCharsets.UTF_8));
            } else if (random.nextInt(4) != 0) {
                string(
                        3,
                        (TEXTS[random.nextInt(TEXTS.length)] + (count > 5 ? random.nextInt(200) : ""))
                                .getBytes(StandardCharsets.UTF_8));
            } else if (random.nextBoolean()) {
                head(random.nextInt(2), random.nextInt(300));
            } else {
                write(levels - 1);
            }
            write(levels - 1);
        }
        end(endless);
    }

    private void begin(int majorType, int count, boolean endless) {
        if (endless) {
            out.write(majorType << 5 | 31);
        } else {
            head(majorType, count);
        }
    }

    private void end(boolean endless) {
        if (endless) {
            out.write(0xff);
        }
    }

    private void string(int majorType, byte[] content) {
        boolean chunked = random.nextInt(6) == 0;
        if (!chunked) {
            head(majorType, content.length);
            out.writeBytes(content);
            return;
        }
        out.write(majorType << 5 | 31);
        int from = 0;
        while (from < content.length || random.nextInt(4) == 0) {
            int length = random.nextInt(content.length - from + 1);
            if (majorType == 3 && !(faulty && random.nextInt(10) == 0)) {
                while (from + length < content.length && (content[from + length] & 0xc0) == 0x80) {
                    length++;
                }
            }
            head(majorType, length);
            out.write(content, from, length);
            from += length;
        }
        out.write(0xff);
    }

    private byte[] text() {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(4); i > 0; i--) {
            text.append(TEXTS[random.nextInt(TEXTS.length)]);
        }
        byte[] utf8 = text.toString().getBytes(StandardCharsets.UTF_8);
        if (faulty && utf8.length > 0 && random.nextInt(30) == 0) {
            utf8[random.nextInt(utf8.length)] = (byte) random.nextInt(256);
        }
        return utf8;
    }

    private byte[] bytes() {
        byte[] bytes = new byte[random.nextInt(30)];
        random.nextBytes(bytes);
        return bytes;
    }

    private void simple() {
        if (faulty && random.nextInt(5) == 0) {
            out.write(0xf8);
            out.write(32 + random.nextInt(224));
        } else {
            out.write(0xe0 | (faulty ? random.nextInt(24) : 20 + random.nextInt(4)));
        }
    }

    private void floatingPoint() {
        ByteBuffer bytes = ByteBuffer.allocate(9);
        switch (random.nextInt(3)) {
            case 0 -> bytes.put((byte) 0xf9).putShort((short) (random.nextBoolean() ? random.nextInt() : 0x3c00));
            case 1 -> bytes.put((byte) 0xfa).putFloat(random.nextBoolean() ? random.nextFloat() : 1);
            default -> bytes.put((byte) 0xfb).putDouble(random.nextBoolean() ? random.nextGaussian() : 1);
        }
        out.write(bytes.array(), 0, bytes.position());
    }

    private long number() {
        return random.nextLong() >>> random.nextInt(64);
    }

    private void head(int majorType, long argument) {
        int least = argument < 0 || argument >= 1L << 32 ? 27 : argument >= 1 << 16 ? 26 : argument >= 256 ? 25 : 24;
        int info = random.nextInt(4) == 0 ? least + random.nextInt(28 - least) : least;
        if (argument >= 0 && argument < 24 && info == 24 && random.nextInt(4) != 0) {
            out.write(majorType << 5 | (int) argument);
            return;
        }
        ByteBuffer bytes = ByteBuffer.allocate(9).put((byte) (majorType << 5 | info));
        switch (info) {
            case 24 -> bytes.put((byte) argument);
            case 25 -> bytes.putShort((short) argument);
            case 26 -> bytes.putInt((int) argument);
            default -> bytes.putLong(argument);
        }
        out.write(bytes.array(), 0, bytes.position());
    }
}
