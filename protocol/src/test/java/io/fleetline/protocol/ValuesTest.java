package io.fleetline.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** A value that exists is within its limits; one that would not be says which part, what was seen and what is allowed. */
class ValuesTest {
    private static final long MAX = (1L << 53) - 1;
    private static final Item EVENT = event("c", 0);
    private static final Item OUTCOME = new Item.Outcome("id", OutcomeStatus.SUCCEEDED, 0, Payload.NULL);

    @Test
    void aChannelHasOneTo128OfItsCharacters() {
        for (String channel : List.of("a", "A9._/-", "$a", "x".repeat(128), "$" + "x".repeat(127), "/", "-")) {
            assertThat(((Item.Event) event(channel, 0)).channel()).isEqualTo(channel);
            assertThat(command("id", channel, 0).name()).isEqualTo(channel);
        }
        for (String channel : List.of(
                "",
                "$",
                "$$",
                "a$",
                "a b",
                "ä",
                "a\n",
                "a+b",
                "#",
                "x".repeat(129),
                "$" + "x".repeat(128),
                "\ud83d\ude00")) {
            refused(() -> event(channel, 0), "channel \"", "[A-Za-z0-9._/-]");
            refused(() -> command("id", channel, 0), "command name \"", "[A-Za-z0-9._/-]");
        }
    }

    @Test
    void aCommandIdHasOneTo64PrintableCharacters() {
        for (String id : List.of("a", " ", "~", "x".repeat(64))) {
            assertThat(command(id, "n", 0).id()).isEqualTo(id);
            assertThat(new Item.Outcome(id, OutcomeStatus.FAILED, 0, Payload.NULL).commandId())
                    .isEqualTo(id);
        }
        for (String id : List.of("", "x".repeat(65), "\t", "\u007f", "ä")) {
            refused(() -> command(id, "n", 0), "command id \"", "1 to 64 printable ASCII");
            refused(() -> new Item.Outcome(id, OutcomeStatus.FAILED, 0, Payload.NULL), "command id \"");
        }
    }

    @Test
    void aMessageShowsNothingThatALogWouldObey() {
        refused(() -> event("evil\u001b[31m\r\nchannel", 0), "channel \"evil?[31m??channel\"");
        refused(() -> event("x".repeat(1000), 0), "x…\" (1000 characters)");
    }

    @Test
    void aDeviceIsATenantAndAName() {
        for (String id : List.of("a/b", "0/A", "acme-1/.x", "t/..a", "t/~", "a".repeat(63) + "/" + "d".repeat(128))) {
            DeviceId device = DeviceId.parse(id);
            assertThat(device).hasToString(id);
            assertThat(DeviceId.parse(device.toString())).isEqualTo(device);
        }
        for (String id : List.of(
                "",
                "a",
                "/",
                "a/",
                "/b",
                "A/b",
                "-a/b",
                "a_/b",
                "a/b/c",
                "a/.",
                "a/..",
                "a/...",
                "a/b c",
                "ä/b",
                "a/ä",
                "a".repeat(64) + "/b",
                "a/" + "d".repeat(129),
                "a/b\n")) {
            refused(() -> DeviceId.parse(id), "\"");
        }
        assertThat(Stream.of("b/a", "a/b", "a/a").map(DeviceId::parse).sorted().map(DeviceId::toString))
                .containsExactly("a/a", "a/b", "b/a");
        assertThat(DeviceId.isTenant("")).isFalse();
        assertThat(DeviceId.isDevice("")).isFalse();
    }

    @Test
    void numbersAreWithinTheirRanges() {
        ranges("event time", 0, MAX, time -> event("c", time));
        ranges("end of gap", 1, MAX, to -> new Item.Gap(to, GapReason.EXPIRED));
        ranges("outcome time", 0, MAX, time -> new Item.Outcome("c", OutcomeStatus.FAILED, time, Payload.NULL));
        ranges("last connection", 0, MAX, last -> new DeviceFrame.Hello(last, Payload.NULL));
        ranges("store", 0, 0xffff_ffffL, n -> open(n, 0, 0, 1, 1, 0, 0));
        ranges("run", 0, 0xffff_ffffL, n -> open(0, n, 0, 1, 1, 0, 0));
        ranges("order", 0, MAX, n -> open(0, 0, n, 1, 1, 0, 0));
        ranges("first", 1, MAX, n -> open(0, 0, 0, n, MAX, 0, 0));
        ranges("next", 1, MAX, n -> open(0, 0, 0, 1, n, 0, 0));
        ranges("next", 7, MAX, n -> open(0, 0, 0, 7, n, 0, 0));
        ranges("acked", 0, 8, n -> open(0, 0, 0, 1, 9, n, 0));
        ranges("before", 0, 0xffff_ffffL, n -> open(0, 0, 0, 1, 1, 0, n));
        ranges("from", 1, MAX, n -> new DeviceFrame.Publish(Lane.NORMAL, n, 0, List.of(EVENT)));
        ranges("acked", 0, 4, n -> new DeviceFrame.Publish(Lane.NORMAL, 5, n, List.of(EVENT)));
        ranges("end of gap", 5, MAX, to -> gapAt5(to));
        ranges("token", 1, MAX, DeviceFrame.Heartbeat::new);
        for (int part = 0; part < 10; part++) {
            int which = part;
            boolean mayBeNone = List.of(1, 7, 8, 9).contains(part);
            ranges("", mayBeNone ? 0 : 1, MAX, n -> welcome(which, n));
        }
        ranges("upTo", 1, MAX, n -> new ServerFrame.Ack(Lane.NORMAL, n, Optional.empty()));
        ranges("offset", 0, MAX, n -> new ServerFrame.StoredAt(0, n));
        refused(() -> new ServerFrame.StoredAt(-1, 0), "partition is -1");
        ranges("seq", 1, MAX, n -> new ServerFrame.Reject(Lane.NORMAL, n, RejectCode.SCHEMA, ""));
        ranges("token", 0, MAX, n -> new ServerFrame.HeartbeatAck(n, 0, 0));
        ranges("time", 0, MAX, n -> new ServerFrame.HeartbeatAck(0, n, 0));
        ranges("reconnectWindow", 0, MAX, n -> new ServerFrame.HeartbeatAck(0, 0, n));
        ranges("ttl", 0, MAX, n -> command("c", "n", n));
        ranges("reconnectWindow", 0, MAX, n -> new ServerFrame.Drain(n, ""));
        ranges("expires", 0, MAX, ServerFrame.Reauthenticated::new);
        ranges("from", 1, MAX, n -> new ServerFrame.Rewind(Lane.NORMAL, n, 0));
        ranges("after", 0, MAX, n -> new ServerFrame.Rewind(Lane.NORMAL, 1, n));
        ranges("store", 0, 0xffff_ffffL, n -> position(n, 1, 1, 0));
        ranges("first", 1, 9, n -> position(0, n, 9, 0), "seq");
        ranges("seq", 3, MAX, n -> position(0, 3, n, 0));
        ranges("acked", 0, 8, n -> position(0, 1, 9, n));
    }

    private interface Maker {
        Object of(long number);
    }

    /** Takes the least and the most, and refuses what is one beyond. */
    private static void ranges(String field, long least, long most, Maker maker, String... orField) {
        LongStream.of(least, most)
                .forEach(number -> assertThat(maker.of(number)).isNotNull());
        for (long number : new long[] {least - 1, most + 1, Long.MIN_VALUE, Long.MAX_VALUE}) {
            assertThatThrownBy(() -> maker.of(number))
                    .as("%s = %d", field, number)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageMatching(
                            ".*(" + field + Stream.of(orField).map(f -> "|" + f).reduce("", String::concat)
                                    + ").* is -?\\d+, not within -?\\d+ to -?\\d+");
        }
    }

    @Test
    void aLaneCarriesWhatBelongsOnIt() {
        for (Lane lane : Lane.values()) {
            Item right = lane == Lane.OUTCOMES ? OUTCOME : EVENT;
            Item wrong = lane == Lane.OUTCOMES ? EVENT : OUTCOME;
            Item gap = new Item.Gap(2, GapReason.REFUSED);
            assertThat(new DeviceFrame.Publish(lane, 1, 0, List.of(right, gap)).next())
                    .isEqualTo(3);
            refused(() -> new DeviceFrame.Publish(lane, 1, 0, List.of(right, wrong)), "lane " + lane, "at number 2");
        }
    }

    @Test
    void aPublishHasItemsAndKeepsThem() {
        refused(() -> new DeviceFrame.Publish(Lane.NORMAL, 1, 0, List.of()), "at least one item");
        Item[] items = {EVENT, EVENT};
        DeviceFrame.Publish publish = new DeviceFrame.Publish(Lane.NORMAL, 1, 0, Arrays.asList(items));
        items[0] = new Item.Gap(1, GapReason.EXPIRED);
        assertThat(publish.items()).containsExactly(EVENT, EVENT);
        refused(() -> new DeviceFrame.Publish(Lane.NORMAL, MAX, 0, List.of(EVENT, EVENT)), "last number");
        refused(
                () -> new DeviceFrame.Publish(Lane.NORMAL, 1, 0, List.of(new Item.Gap(MAX, GapReason.EXPIRED), EVENT)),
                "last number");
    }

    @Test
    void anAttributeIsShortPrintableText() {
        String longest = "ü".repeat(128);
        Attributes attributes = Attributes.NONE.withSource(longest).withTraceparent("t");
        assertThat(attributes.source()).contains(longest);
        for (String text :
                List.of("", "x".repeat(257), longest + "x", "a\nb", "\u0000", "\u007f", "\u0085", "\ud800")) {
            refused(() -> Attributes.NONE.withSource(text), "source");
            refused(() -> Attributes.NONE.withTraceparent(text), "traceparent");
            refused(() -> Attributes.NONE.withContentType(text), "content type");
        }
    }

    @Test
    void aContentTypeStandsBesideAByteString() {
        Attributes image = Attributes.NONE.withContentType("image/png");
        Payload bytes = Payload.byteString(new byte[] {1});
        assertThat(new Item.Event("c", 0, bytes, image).attributes()).isEqualTo(image);
        assertThat(new ServerFrame.Command("c", "n", 0, bytes, image).attributes())
                .isEqualTo(image);
        refused(() -> new Item.Event("c", 0, Payload.NULL, image), "image/png", "not a byte string");
        refused(() -> new ServerFrame.Command("c", "n", 0, Payload.NULL, image), "image/png");
    }

    @Test
    void aCredentialIsPrintableAndNeverShown() {
        DeviceFrame.Reauthenticate frame = new DeviceFrame.Reauthenticate("Basic c2VjcmV0");
        assertThat(frame.toString()).doesNotContain("c2VjcmV0");
        for (String credential : List.of("", "a\nb", "ä", "x".repeat(8193))) {
            assertThatThrownBy(() -> new DeviceFrame.Reauthenticate(credential))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("printable ASCII")
                    .hasMessageNotContaining("a\nb");
        }
    }

    @Test
    void aTextForPeopleHasAtMost512Bytes() {
        String longest = "€".repeat(170) + "xx";
        assertThat(new ServerFrame.Drain(0, longest).reason()).isEqualTo(longest);
        assertThat(new ServerFrame.Reject(Lane.NORMAL, 1, RejectCode.SCHEMA, longest).message())
                .isEqualTo(longest);
        refused(() -> new ServerFrame.Drain(0, longest + "x"), "bytes of reason is 513, not within 0 to 512");
        refused(() -> new ServerFrame.Reject(Lane.NORMAL, 1, RejectCode.SCHEMA, longest + "x"), "bytes of message");
        refused(() -> new ServerFrame.Drain(0, "a\udc00"), "half of a surrogate pair at character 1");
    }

    @Test
    void theNumbersOfEnumsAreTheirsAndNoOthers() {
        assertThat(LongStream.range(-1, 9).filter(n -> exists(() -> Lane.of(n))))
                .containsExactly(0L, 1L, 2L, 3L);
        assertThat(LongStream.range(-1, 9).filter(n -> exists(() -> GapReason.of(n))))
                .containsExactly(1L, 2L, 3L, 4L);
        assertThat(LongStream.range(-1, 9).filter(n -> exists(() -> OutcomeStatus.of(n))))
                .containsExactly(1L, 2L, 3L, 4L, 5L);
        assertThat(LongStream.range(-1, 9).filter(n -> exists(() -> RejectCode.of(n))))
                .containsExactly(1L, 2L, 3L, 4L, 5L);
        assertThat(LongStream.range(-1, 9).filter(n -> exists(() -> ClockQuality.of(n))))
                .containsExactly(0L, 1L, 2L, 3L);
        for (long far : new long[] {Long.MIN_VALUE, 1L << 32, Long.MAX_VALUE}) {
            assertThat(exists(() -> Lane.of(far))).isFalse();
            assertThat(exists(() -> GapReason.of(far))).isFalse();
        }
        for (Lane lane : Lane.values()) {
            assertThat(Lane.of(lane.number())).isSameAs(lane);
        }
        for (GapReason reason : GapReason.values()) {
            assertThat(GapReason.of(reason.code())).isSameAs(reason);
        }
        for (OutcomeStatus status : OutcomeStatus.values()) {
            assertThat(OutcomeStatus.of(status.code())).isSameAs(status);
        }
        for (RejectCode code : RejectCode.values()) {
            assertThat(RejectCode.of(code.code())).isSameAs(code);
        }
        for (ClockQuality quality : ClockQuality.values()) {
            assertThat(ClockQuality.of(quality.code())).isSameAs(quality);
        }
        for (CloseReason reason : CloseReason.values()) {
            assertThat(CloseReason.of(reason.code())).contains(reason);
        }
        assertThat(CloseReason.of(1005)).isEmpty();
    }

    private static boolean exists(ThrowingCallable call) {
        try {
            call.call();
            return true;
        } catch (Throwable e) {
            assertThat(e).isInstanceOf(IllegalArgumentException.class);
            return false;
        }
    }

    @Test
    void aPayloadIsItsBytesWhereverTheyLie() {
        byte[] array = {0, 1, 2, 3};
        Payload payload = Payload.wrap(array, 1, 2);
        Payload same = Payload.wrap(new byte[] {1, 2});
        assertThat(payload).isEqualTo(same).hasSameHashCodeAs(same).isNotEqualTo(Payload.wrap(array));
        assertThat(payload.toByteArray()).containsExactly(1, 2);
        assertThat(payload.asByteBuffer().isReadOnly()).isTrue();
        byte[] target = new byte[4];
        payload.copyTo(target, 2);
        assertThat(target).containsExactly(0, 0, 1, 2);
        assertThat(payload).hasToString("h'0102'");
        assertThat(Payload.wrap(new byte[100])).asString().endsWith("…' (100 bytes)");
        refused(() -> Payload.wrap(array, 0, 0), "0 bytes");
        assertThatThrownBy(() -> Payload.wrap(array, 3, 2)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void eachFrameAndItemFindsItsMethod() {
        assertThat(EVENT.deliverTo(new NameOfItem())).isEqualTo("event");
        assertThat(new Item.Gap(1, GapReason.EXPIRED).deliverTo(new NameOfItem()))
                .isEqualTo("gap");
        assertThat(OUTCOME.deliverTo(new NameOfItem())).isEqualTo("outcome");
    }

    private static final class NameOfItem implements Item.Handler<String> {
        @Override
        public String onEvent(Item.Event event) {
            return "event";
        }

        @Override
        public String onGap(Item.Gap gap) {
            return "gap";
        }

        @Override
        public String onOutcome(Item.Outcome outcome) {
            return "outcome";
        }
    }

    private static Item event(String channel, long time) {
        return new Item.Event(channel, time, Payload.NULL, Attributes.NONE);
    }

    private static ServerFrame.Command command(String id, String name, long ttl) {
        return new ServerFrame.Command(id, name, ttl, Payload.NULL, Attributes.NONE);
    }

    private static DeviceFrame.Open open(
            long store, long run, long order, long first, long next, long acked, long before) {
        return new DeviceFrame.Open(Lane.NORMAL, store, run, order, first, next, acked, OptionalLong.of(before));
    }

    private static DeviceFrame.Publish gapAt5(long to) {
        return new DeviceFrame.Publish(Lane.NORMAL, 5, 0, List.of(new Item.Gap(to, GapReason.EXPIRED)));
    }

    private static ServerFrame.Welcome welcome(int part, long number) {
        long[] n = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
        n[part] = number;
        return new ServerFrame.Welcome(n[0], n[1], n[2], n[3], n[4], n[5], n[6], n[7], n[8], n[9]);
    }

    private static RecordPosition position(long store, long first, long seq, long acked) {
        return new RecordPosition(
                Lane.NORMAL, store, 0, 0, first, seq, acked, 0, ClockQuality.UNKNOWN, OptionalLong.empty());
    }

    private static void refused(ThrowingCallable call, String... parts) {
        assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class).hasMessageContainingAll(parts);
    }
}
