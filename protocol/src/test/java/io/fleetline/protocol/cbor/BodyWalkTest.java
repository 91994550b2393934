package io.fleetline.protocol.cbor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import com.sun.management.ThreadMXBean;
import io.fleetline.protocol.BodyFault;
import io.fleetline.protocol.CloseReason;
import io.fleetline.protocol.Payload;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The walk finds what a slow, obvious reading of the same bytes finds, quickly and without leaving anything behind. */
class BodyWalkTest {
    private final BodyWalk walk = new BodyWalk();

    @Test
    void wellFormedItemsAreWalkedAsTheReferenceReadsThem() {
        Seeded.times(10_000, random -> agree(RandomCbor.item(random, true)));
    }

    @Test
    void spoiltItemsAreWalkedAsTheReferenceReadsThem() {
        Seeded.times(20_000, random -> agree(RandomCbor.spoilt(random, RandomCbor.item(random, true))));
    }

    @Test
    void noiseIsWalkedAsTheReferenceReadsIt() {
        Seeded.times(20_000, random -> {
            byte[] noise = new byte[1 + random.nextInt(12)];
            random.nextBytes(noise);
            agree(noise);
        });
    }

    private void agree(byte[] bytes) {
        // The item lies in a larger array, so that a look beyond its end would find something.
        byte[] larger = new byte[bytes.length + 16];
        Arrays.fill(larger, (byte) 0x61);
        System.arraycopy(bytes, 0, larger, 5, bytes.length);
        ReferenceWalk.Outcome expected = ReferenceWalk.walk(bytes, bytes.length);
        int end = -1;
        Optional<BodyFault> fault = Optional.empty();
        try {
            end = walk.walk(larger, 5, 5 + bytes.length) - 5;
            fault = walk.fault();
        } catch (FrameException e) {
            assertThat(e.closeReason()).isEqualTo(CloseReason.MALFORMED);
            assertThat(e.offset()).isBetween(0, bytes.length);
        }
        assertThat(new ReferenceWalk.Outcome(end, fault, expected.exotic()))
                .as(HexFormat.of().formatHex(bytes))
                .isEqualTo(expected);
        // The same at the very end of an array, where no look beyond is possible.
        if (end >= 0) {
            assertThat(walkAgain(bytes)).isEqualTo(end);
            assertThat(walk.fault()).isEqualTo(fault);
        }
    }

    private int walkAgain(byte[] bytes) {
        try {
            return walk.walk(bytes, 0, bytes.length);
        } catch (FrameException e) {
            throw new AssertionError("well-formed elsewhere: " + e.getMessage(), e);
        }
    }

    @Test
    void whatTheWalkTakesJacksonReadsToTheSameEndAndTheSameValue() {
        int[] compared = {0};
        Seeded.times(10_000, random -> {
            byte[] item = RandomCbor.item(random, random.nextBoolean());
            ReferenceWalk.Outcome reference = ReferenceWalk.walk(item, item.length);
            if (reference.end() >= 0 && reference.fault().isEmpty() && !reference.exotic()) {
                int end = walk.walk(item, 0, item.length);
                assertThat(walk.fault()).isEmpty();
                JacksonTree.Read read = JacksonTree.read(item, 0, item.length);
                assertThat(read.end()).as(() -> Diagnostic.of(item)).isEqualTo(end);
                assertThat(JacksonTree.plain(BodyCodec.decode(Payload.wrap(item))))
                        .as(() -> Diagnostic.of(item))
                        .isEqualTo(read.value());
                compared[0]++;
            }
        });
        if (System.getProperty("fleetline.seed") == null) {
            assertThat(compared[0]).as("items that could be compared").isGreaterThan(3_000);
        }
    }

    @Test
    void whatJacksonRefusesIsNotTakenEither() {
        Seeded.times(20_000, random -> {
            byte[] item = RandomCbor.spoilt(random, RandomCbor.item(random, false));
            ReferenceWalk.Outcome reference = ReferenceWalk.walk(item, item.length);
            if (reference.end() >= 0 && reference.fault().isEmpty() && !reference.exotic()) {
                assertThat(JacksonTree.read(item, 0, item.length).end()).isEqualTo(reference.end());
            }
        });
    }

    @Test
    void offsetsCountFromWhereTheItemBegins() throws FrameException {
        byte[] bytes = {0, 0, (byte) 0xa2, 0x61, 0x61, 1, 0x61, 0x61, 2};
        assertThat(walk.walk(bytes, 2, bytes.length)).isEqualTo(bytes.length);
        assertThat(walk.fault()).contains(new BodyFault(BodyFault.Kind.DUPLICATE_KEY, 4));
        FrameException refusal = catchThrowableOfType(FrameException.class, () -> walk.walk(bytes, 2, 7));
        assertThat(refusal.offset()).isEqualTo(4);
    }

    @Test
    void theWalkStopsBehindItsItem() throws FrameException {
        assertThat(walk.walk(new byte[] {1, 2, 3}, 1, 3)).isEqualTo(2);
    }

    @Test
    void aRangeOutsideOfTheArrayIsTheCallersMistake() {
        assertThatThrownBy(() -> walk.walk(new byte[3], 2, 4)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void aFaultDoesNotOutliveItsItem() throws FrameException {
        walk.walk(new byte[] {0x61, (byte) 0xff}, 0, 2);
        assertThat(walk.fault()).isPresent();
        walk.walk(new byte[] {0x61, 0x61}, 0, 2);
        assertThat(walk.fault()).isEmpty();
    }

    @Test
    void aRefusalLeavesTheWalkFitForTheNextItem() throws FrameException {
        byte[] half = manyKeys(100, i -> text("k" + i));
        for (int length = 1; length < half.length; length++) {
            int cutOff = length;
            assertThatThrownBy(() -> walk.walk(half, 0, cutOff)).isInstanceOf(FrameException.class);
        }
        walk.walk(half, 0, half.length);
        assertThat(walk.fault()).isEmpty();
    }

    @Test
    void eachOfManyKeysIsRecognised() throws FrameException {
        for (int count : new int[] {1, 7, 8, 9, 10, 63, 64, 65, 1023, 1024, 1025, 5000}) {
            byte[] unique = manyKeys(count, i -> text("key-" + i));
            walk.walk(unique, 0, unique.length);
            assertThat(walk.fault()).as("%d keys", count).isEmpty();
            for (int again : new int[] {0, count / 2, count - 1}) {
                byte[] twice = manyKeys(count + 1, i -> text("key-" + (i == count ? again : i)));
                walk.walk(twice, 0, twice.length);
                assertThat(walk.fault().map(BodyFault::kind))
                        .as("%d keys and number %d again", count, again)
                        .contains(BodyFault.Kind.DUPLICATE_KEY);
            }
        }
    }

    @Test
    void keysAreToldApartPerMapHoweverManyThereAre() throws FrameException {
        byte[] inner = manyKeys(50, i -> text("key-" + i));
        ByteBuffer outer = ByteBuffer.allocate(20 * (inner.length + 8) + 3).put((byte) 0xb4);
        for (int i = 0; i < 20; i++) {
            outer.put(text("key-" + i)).put(inner);
        }
        walk.walk(outer.array(), 0, outer.position());
        assertThat(walk.fault()).isEmpty();
    }

    /**
     * A walk whose time grew with the square of the number of keys would take minutes for each of these; the linear one
     * needs milliseconds, so that the bound is far from both.
     */
    @Test
    void aMegabyteOfHostileKeysTakesNoTimeWorthTheName() {
        assertTimeoutPreemptively(Duration.ofSeconds(20), () -> {
            for (KeyMaker keys : new KeyMaker[] {
                i -> ByteBuffer.allocate(5).put((byte) 0x1a).putInt(i).array(),
                i -> ByteBuffer.allocate(5).put((byte) 0x3a).putInt(i << 12).array(),
                i -> ByteBuffer.allocate(9)
                        .put((byte) 0x1b)
                        .putLong((long) i << 40)
                        .array(),
                i -> ByteBuffer.allocate(9).put((byte) 0xfb).putDouble(i).array(),
                i -> text("%08x".formatted(i)),
                // Equal at both ends, where a cheap look would look.
                i -> text("aaaaaaaa%08xaaaaaaaa".formatted(i)),
                i -> ByteBuffer.allocate(10)
                        .put((byte) 0x81)
                        .put((byte) 0x1b)
                        .putLong(i)
                        .array(),
                // Strings whose String.hashCode is the same.
                i -> text(sameHashCode(i)),
                i -> ByteBuffer.allocate(8)
                        .put((byte) 0x7f)
                        .put((byte) 0x65)
                        .putInt(0x61616161)
                        .put((byte) 'a')
                        .put((byte) 0xff)
                        .array()
            }) {
                byte[] hostile = manyKeys(60_000, keys);
                walk.walk(hostile, 0, hostile.length);
            }
        });
    }

    private static String sameHashCode(int number) {
        StringBuilder text = new StringBuilder();
        for (int bit = 0; bit < 17; bit++) {
            text.append((number >> bit & 1) == 0 ? "Aa" : "BB");
        }
        return text.toString();
    }

    @Test
    void walkingAllocatesNothing() throws FrameException {
        Map<String, Object> small = new LinkedHashMap<>();
        small.put("temperature", 21.5);
        small.put("unit", "°C");
        small.put("place", Map.of("lat", 48.1, "lon", 11.6));
        Map<String, Object> large = new LinkedHashMap<>();
        for (int i = 0; i < 500; i++) {
            large.put("reading-" + i, i);
        }
        byte[][] bodies = {
            BodyCodec.encode(small).toByteArray(), BodyCodec.encode(large).toByteArray(),
        };
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long allocated = Long.MAX_VALUE;
        // The first rounds fill the scratch space and compile the code; what counts is where it comes to.
        for (int round = 0; round < 20 && allocated != 0; round++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 500; i++) {
                for (byte[] body : bodies) {
                    walk.walk(body, 0, body.length);
                }
            }
            allocated = threads.getCurrentThreadAllocatedBytes() - before;
        }
        assertThat(allocated).as("bytes allocated by 1,000 walks").isZero();
    }

    @Test
    void theHashIsSipHash13() {
        // What CPython 3.11 says for hash(bytes(range(n))) with PYTHONHASHSEED=0, whose key is 0.
        Map<Integer, Long> known = Map.of(
                1, 0x68a914128e01e473L,
                7, 0x2f098ab0c751325aL,
                8, 0xead411e67ebe2eeaL,
                9, 0x75927f9d95124362L,
                15, 0xf30eb725bb91c9eaL,
                16, 0x8972188433a5c5b7L,
                40, 0x95bc321ab41d8206L);
        known.forEach((length, hash) -> {
            byte[] bytes = new byte[length];
            for (int i = 0; i < length; i++) {
                bytes[i] = (byte) i;
            }
            assertThat(new SipHash(0, 0).begin().add(bytes, 0, length).end()).isEqualTo(hash);
            for (int cut = 0; cut <= length; cut++) {
                SipHash inTwoRuns = new SipHash(0, 0).begin().add(bytes, 0, cut).add(bytes, cut, length);
                assertThat(inTwoRuns.end()).isEqualTo(hash);
            }
            assertThat(new SipHash(1, 0).begin().add(bytes, 0, length).end()).isNotEqualTo(hash);
        });
    }

    private interface KeyMaker {
        byte[] key(int number);
    }

    private static byte[] manyKeys(int count, KeyMaker keys) {
        ByteBuffer map = ByteBuffer.allocate(6 + 48 * count).put((byte) 0xba).putInt(count);
        for (int i = 0; i < count; i++) {
            map.put(keys.key(i)).put((byte) 0);
        }
        return Arrays.copyOf(map.array(), map.position());
    }

    private static byte[] text(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        ByteBuffer item = ByteBuffer.allocate(2 + utf8.length);
        if (utf8.length < 24) {
            item.put((byte) (0x60 | utf8.length));
        } else {
            item.put((byte) 0x78).put((byte) utf8.length);
        }
        return Arrays.copyOf(item.put(utf8).array(), item.position());
    }
}
