package io.fleetline.protocol.cbor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fleetline.protocol.Payload;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Java values become bodies, bodies become Java values and JSON, and nobody is surprised. */
class BodyCodecTest {
    @Test
    void valuesAreWrittenAsPlainCborInTheShortestForm() {
        assertThat(hex(null)).isEqualTo("f6");
        assertThat(hex(true)).isEqualTo("f5");
        assertThat(hex(false)).isEqualTo("f4");
        assertThat(hex((byte) -1)).isEqualTo("20");
        assertThat(hex((short) 500)).isEqualTo("1901f4");
        assertThat(hex(1_000_000)).isEqualTo("1a000f4240");
        assertThat(hex(Long.MIN_VALUE)).isEqualTo("3b7fffffffffffffff");
        assertThat(hex(Long.MAX_VALUE)).isEqualTo("1b7fffffffffffffff");
        assertThat(hex(BigInteger.TEN)).isEqualTo("0a");
        assertThat(hex(BigInteger.TWO.pow(64).subtract(BigInteger.ONE))).isEqualTo("1bffffffffffffffff");
        assertThat(hex(BigInteger.TWO.pow(64))).isEqualTo("c249010000000000000000");
        assertThat(hex(BigInteger.TWO.pow(64).negate())).isEqualTo("3bffffffffffffffff");
        assertThat(hex(BigInteger.TWO.pow(64).not())).isEqualTo("c349010000000000000000");
        assertThat(hex(21.5)).isEqualTo("f94d60");
        assertThat(hex(0.1f)).isEqualTo("fa3dcccccd");
        assertThat(hex(0.1)).isEqualTo("fb3fb999999999999a");
        assertThat(hex(-0.0)).isEqualTo("f98000");
        assertThat(hex(Double.NaN)).isEqualTo("f97e00");
        assertThat(hex(Double.NEGATIVE_INFINITY)).isEqualTo("f9fc00");
        assertThat(hex(65504.0)).isEqualTo("f97bff");
        assertThat(hex(65536.0)).isEqualTo("fa47800000");
        assertThat(hex("ü")).isEqualTo("62c3bc");
        assertThat(hex(new byte[] {1, 2})).isEqualTo("420102");
        assertThat(hex(Instant.ofEpochSecond(0))).isEqualTo("c074313937302d30312d30315430303a30303a30305a");
        assertThat(hex(List.of(1, List.of()))).isEqualTo("820180");
        assertThat(hex(Map.of("a", Map.of()))).isEqualTo("a16161a0");
    }

    private static String hex(Object value) {
        return HexFormat.of().formatHex(BodyCodec.encode(value).toByteArray());
    }

    @Test
    void whatWasWrittenIsRead() {
        Seeded.times(3_000, random -> {
            Object value = value(random, 4);
            Payload body = BodyCodec.encode(value);
            assertThat(JacksonTree.plain(BodyCodec.decode(body))).isEqualTo(JacksonTree.plain(value));
            assertThat(JacksonTree.read(body.array(), body.offset(), body.length())
                            .value())
                    .isEqualTo(JacksonTree.plain(value));
            BodyWalk walk = new BodyWalk();
            assertThat(walk.walk(body.array(), body.offset(), body.offset() + body.length()))
                    .isEqualTo(body.offset() + body.length());
            assertThat(walk.fault()).isEmpty();
        });
    }

    @Test
    void whatIsReadOfABodyIsWhatWasWrittenAgain() {
        Seeded.times(3_000, random -> {
            Object decoded = BodyCodec.decode(Payload.wrap(RandomCbor.item(random, false)));
            assertThat(JacksonTree.plain(BodyCodec.decode(BodyCodec.encode(decoded))))
                    .isEqualTo(JacksonTree.plain(decoded));
        });
    }

    private static Object value(Random random, int levels) {
        return switch (random.nextInt(levels > 0 ? 10 : 8)) {
            case 0 -> null;
            case 1 -> random.nextBoolean();
            case 2 -> random.nextLong() >> random.nextInt(64);
            case 3 -> new BigInteger(70 + random.nextInt(200), random).negate();
            case 4 -> (double) random.nextFloat() * 100;
            case 5 -> random.nextGaussian();
            case 6 -> {
                byte[] bytes = new byte[random.nextInt(300)];
                random.nextBytes(bytes);
                yield bytes;
            }
            case 7 -> "text €😀".substring(0, random.nextInt(7)).repeat(random.nextInt(100));
            case 8 -> {
                List<Object> list = new ArrayList<>();
                for (int i = random.nextInt(5); i > 0; i--) {
                    list.add(value(random, levels - 1));
                }
                yield list;
            }
            default -> {
                Map<String, Object> map = new LinkedHashMap<>();
                for (int i = random.nextInt(30); i > 0; i--) {
                    map.put("k" + random.nextInt(100), value(random, levels - 1));
                }
                yield map;
            }
        };
    }

    @Test
    void everyHalfComesBackAndIsWrittenAsAHalf() {
        for (int half = 0; half < 0x1_0000; half++) {
            double value = HalfPrecision.toDouble(half);
            Object decoded = BodyCodec.decode(Payload.wrap(new byte[] {(byte) 0xf9, (byte) (half >> 8), (byte) half}));
            assertThat(decoded).isEqualTo(value);
            assertThat(BodyCodec.encode(value).length()).as("%04x", half).isEqualTo(3);
            assertThat(BodyCodec.decode(BodyCodec.encode(value))).isEqualTo(value);
        }
    }

    @Test
    void numbersBesideAHalfAreNoHalves() {
        for (double value : new double[] {65505, 65519.99, 0x1p-25, 0x1.002p0, 0x1p-24 * 1.5, 70000, Float.MIN_VALUE}) {
            assertThat(HalfPrecision.exactly(value)).as("%s", value).isEqualTo(-1);
            assertThat(BodyCodec.decode(BodyCodec.encode(value))).isEqualTo(value);
        }
    }

    @Test
    void aValueThatCannotBeInABodyIsNamedWithItsPath() {
        assertThatThrownBy(() -> BodyCodec.encode(Map.of("readings", List.of(1, Map.of("v", new BigDecimal("1.5"))))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a body cannot have the java.math.BigDecimal at $.readings[1].v");
        assertThatThrownBy(() -> BodyCodec.encode(new Object()))
                .hasMessage("a body cannot have the java.lang.Object at $");
        assertThatThrownBy(() -> BodyCodec.encode(Map.of("a", Map.of(1, 2))))
                .hasMessage("the map at $.a has the key 1, which is not a String");
        assertThatThrownBy(() -> BodyCodec.encode(List.of("ok", "half \ud83d!")))
                .hasMessage("the text at $[1] has half of a surrogate pair at 5");
        assertThatThrownBy(() -> BodyCodec.encode(Map.of("\ude00", 1)))
                .hasMessageContaining("has half of a surrogate pair at 0");
    }

    @Test
    void aBodyIsNestedSixteenDeepAndNoDeeper() {
        Object value = 1;
        for (int depth = 0; depth < 16; depth++) {
            value = depth % 2 == 0 ? List.of(value) : Map.of("a", value);
        }
        assertThat(BodyCodec.decode(BodyCodec.encode(value))).isNotNull();
        Object deeper = List.of(value);
        assertThatThrownBy(() -> BodyCodec.encode(deeper)).hasMessageContaining("nests at most 16 deep");
        List<Object> itself = new ArrayList<>();
        itself.add(itself);
        assertThatThrownBy(() -> BodyCodec.encode(itself)).hasMessageContaining("nests at most 16 deep");
    }

    @Test
    void anInstantComesBackAsItsText() {
        assertThat(BodyCodec.decode(BodyCodec.encode(Instant.parse("2026-11-21T10:15:30.5Z"))))
                .isEqualTo("2026-11-21T10:15:30.500Z");
    }

    @Test
    void whatIsNoBodyIsRefused() {
        assertThatThrownBy(() -> BodyCodec.decode(Payload.wrap(new byte[] {(byte) 0x82, 1})))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("not well-formed");
        assertThatThrownBy(() -> BodyCodec.decode(Payload.wrap(new byte[] {1, 2})))
                .hasMessage("the body's item is followed by 1 bytes");
    }

    @Test
    void aPayloadIsDecodedWhereverItLies() {
        byte[] array = {9, (byte) 0x82, 1, 2, 9};
        assertThat(BodyCodec.decode(Payload.wrap(array, 1, 3))).isEqualTo(List.of(1L, 2L));
    }

    @Test
    void bytesThatAreNotUtf8BecomeReplacementCharacters() {
        assertThat(BodyCodec.decode(Payload.wrap(new byte[] {0x62, 'a', (byte) 0xff})))
                .isEqualTo("a\ufffd");
    }

    @Test
    void jsonBecomesABodyAndJsonAgain() {
        for (String json : List.of(
                "null",
                "true",
                "-12",
                "1.5",
                "1.0E-7",
                "\"ä\\n€😀\"",
                "[]",
                "{}",
                "123456789012345678901234567890",
                "{\"a\":[1,{\"b\":null}],\"c\":\"d\"}")) {
            assertThat(BodyCodec.toJson(BodyCodec.fromJson(json))).isEqualTo(json);
        }
        assertThat(BodyCodec.fromJson(" { \"t\" : 21.5 } ").toString()).isEqualTo("h'a16174f94d60'");
        assertThat(BodyCodec.fromJson("1e2").toString()).as("a double").isEqualTo("h'f95640'");
    }

    @Test
    void theQuickWayToJsonAndTheOneOverValuesEndAtTheSameText() {
        Seeded.times(20_000, random -> {
            byte[] item = RandomCbor.item(random, false);
            Payload body = Payload.wrap(item);
            assertThat(BodyCodec.toJson(body))
                    .as(HexFormat.of().formatHex(item))
                    .isEqualTo(JsonText.write(BodyCodec.decode(body)));
        });
    }

    @Test
    void jsonKeepsToTheRulesOfRfc8949() {
        assertThat(json("43010203")).as("bytes").isEqualTo("\"AQID\"");
        assertThat(json("5f41014102ff")).as("bytes in chunks").isEqualTo("\"AQI\"");
        assertThat(json("7f61616162ff")).as("text in chunks").isEqualTo("\"ab\"");
        assertThat(json("f97e00")).as("NaN").isEqualTo("null");
        assertThat(json("f9fc00")).as("minus infinity").isEqualTo("null");
        assertThat(json("f7")).as("undefined").isEqualTo("null");
        assertThat(json("f8ff")).as("a simple value").isEqualTo("null");
        assertThat(json("1b0020000000000001")).as("2^53 + 1").isEqualTo("9007199254740993");
        assertThat(json("1bffffffffffffffff")).isEqualTo("18446744073709551615");
        assertThat(json("3bffffffffffffffff")).isEqualTo("-18446744073709551616");
        assertThat(json("c249010000000000000000")).as("bignum").isEqualTo("18446744073709551616");
        assertThat(json("c11a514b67b0")).as("a tag is dropped").isEqualTo("1363896240");
        assertThat(json("a2216153001864")).as("integer keys").isEqualTo("{\"-2\":\"S\",\"0\":100}");
        assertThat(json("a20102613103")).as("keys of the same text").isEqualTo("{\"1\":3}");
        assertThat(json("a2613103" + "0102")).as("the later one stays").isEqualTo("{\"1\":2}");
        assertThat(json("a1f503")).isEqualTo("{\"true\":3}");
        assertThat(json("a14101f4")).as("bytes as a key").isEqualTo("{\"AQ\":false}");
        assertThat(json("bf6161a0ff")).isEqualTo("{\"a\":{}}");
        assertThat(json("bfff")).isEqualTo("{}");
    }

    /** Fifteen maps, each the key of the next: as JSON in JSON, each level would double what is below. */
    @Test
    void keysInKeysDoNotGrow() {
        String nested = "a1".repeat(16) + "60" + "f6".repeat(16);
        byte[] json = BodyCodec.toJsonBytes(Payload.wrap(HexFormat.of().parseHex(nested)));
        assertThat(json.length).isLessThan(60);
    }

    @Test
    void jsonIsAtMostEightTimesAsLong() {
        for (String worst : List.of("f98001", "6000", "f4", "f6", "a1f98001f98001", "20", "80")) {
            byte[] element = HexFormat.of().parseHex(worst);
            int count = 1_000;
            ByteBuffer list = ByteBuffer.allocate(3 + count * element.length);
            list.put((byte) 0x99).putShort((short) (worst.equals("6000") ? 2 * count : count));
            for (int i = 0; i < count; i++) {
                list.put(element);
            }
            Payload body = Payload.wrap(list.array());
            assertThat(BodyCodec.toJsonBytes(body).length)
                    .as(worst)
                    .isLessThanOrEqualTo(BodyCodec.MAX_JSON_BYTES_PER_BYTE * body.length());
        }
        byte[] controls = new byte[1_003];
        controls[0] = 0x79;
        controls[1] = 1_000 >>> 8;
        controls[2] = (byte) 1_000;
        assertThat(BodyCodec.toJsonBytes(Payload.wrap(controls)).length).isEqualTo(6_002);
    }

    private static String json(String hex) {
        return BodyCodec.toJson(Payload.wrap(HexFormat.of().parseHex(hex)));
    }

    @Test
    void textThatIsNoJsonIsRefusedWithItsPlace() {
        for (String text :
                Arrays.asList("", " ", "{", "[1,]", "{\"a\":1,\"a\":2}", "nope", "1 2", "1e400", "'a'", "[NaN]")) {
            assertThatThrownBy(() -> BodyCodec.fromJson(text))
                    .as(text)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageMatching("(?s).*(JSON|beyond the range).*");
        }
        assertThatThrownBy(() -> BodyCodec.fromJson("{\"a\": tru}")).hasMessageContaining("column: ");
        assertThatThrownBy(() -> BodyCodec.fromJson("[".repeat(17) + "]".repeat(17)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(BodyCodec.fromJson("[".repeat(16) + "]".repeat(16)).length()).isEqualTo(16);
    }

    @Test
    void aPayloadHoldsTheBytesOfAByteString() {
        for (int length : new int[] {0, 1, 23, 24, 255, 256, 65_535, 65_536}) {
            byte[] content = new byte[length];
            new Random(length).nextBytes(content);
            Payload payload = Payload.byteString(content);
            assertThat(payload.isByteString()).isTrue();
            assertThat(payload.byteStringContent()).contains(content);
            assertThat(BodyCodec.decode(payload)).isEqualTo(content);
            assertThat(payload).isEqualTo(BodyCodec.encode(content));
            assertThat(payload.asByteBuffer()).isEqualTo(ByteBuffer.wrap(payload.toByteArray()));
        }
        assertThat(Payload.wrap(new byte[] {0x5f, 0x41, 0, (byte) 0xff}).byteStringContent())
                .isEmpty();
        assertThat(Payload.NULL.byteStringContent()).isEmpty();
        assertThat(BodyCodec.encode("text").isByteString()).isFalse();
    }
}
