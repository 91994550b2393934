package io.fleetline.ingest;

import static io.fleetline.ingest.TestDevice.reading;
import static io.fleetline.ingest.TestDevice.readings;
import static org.assertj.core.api.Assertions.assertThat;

import io.fleetline.protocol.Attributes;
import io.fleetline.protocol.ClockQuality;
import io.fleetline.protocol.DeviceId;
import io.fleetline.protocol.GapReason;
import io.fleetline.protocol.Item;
import io.fleetline.protocol.Lane;
import io.fleetline.protocol.OutcomeStatus;
import io.fleetline.protocol.Payload;
import io.fleetline.protocol.RecordPosition;
import io.fleetline.protocol.ServerFrame;
import io.fleetline.protocol.cbor.BodyCodec;
import io.fleetline.protocol.cbor.RecordHeaderCodec;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.utils.Utils;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What devices publish, and what then stands in Kafka. */
class PublishTest {
    private static TestNode node;

    private final DeviceId id = TestNode.newDeviceId();

    @BeforeAll
    static void startNode() {
        node = TestNode.start();
    }

    @AfterAll
    static void stopNode() {
        node.close();
    }

    @Test
    void anAckSaysWhereInKafkaTheItemStands() {
        try (TestDevice device = node.connect(id)) {
            device.hello();
            device.open(Lane.NORMAL, 1, 0);
            device.publish(Lane.NORMAL, 1, 0, readings(1, 3));

            ServerFrame.StoredAt storedAt =
                    device.awaitAck(Lane.NORMAL, 3).storedAt().orElseThrow();

            ConsumerRecord<String, byte[]> last = node.events(id, 3).get(2);
            assertThat(storedAt).isEqualTo(new ServerFrame.StoredAt(last.partition(), last.offset()));
        }
    }

    @Test
    void aRecordHasTheKeyHeadersValueAndTimeThatReadersCountOn() {
        Payload body = BodyCodec.encode(Map.of("celsius", 21.5));
        long before = System.currentTimeMillis();
        try (TestDevice device = node.connect(id)) {
            device.hello();
            device.open(Lane.URGENT, 41, 40);
            device.publish(
                    Lane.URGENT,
                    41,
                    40,
                    new Item.Event(
                            "env/temperature",
                            5,
                            body,
                            Attributes.NONE.withSource("sensor-3").withClockQuality(ClockQuality.DEVICE)));
            device.awaitAck(Lane.URGENT, 41);
        }

        ConsumerRecord<String, byte[]> record = node.events(id, 1).get(0);
        assertThat(record.key()).isEqualTo(id.toString());
        assertThat(record.value()).isEqualTo(body.toByteArray());
        assertThat(record.timestampType()).isEqualTo(TimestampType.CREATE_TIME);
        assertThat(record.timestamp()).isBetween(before, System.currentTimeMillis());
        assertThat(record.partition()).isEqualTo(defaultPartition(id));
        assertThat(headerNames(record)).containsExactly("fl", "channel", "source");
        assertThat(text(record, "channel")).isEqualTo("env/temperature");
        assertThat(text(record, "source")).isEqualTo("sensor-3");
        assertThat(position(record))
                .isEqualTo(new RecordPosition(
                        Lane.URGENT,
                        TestDevice.STORE,
                        TestDevice.RUN,
                        TestDevice.ORDER,
                        1,
                        41,
                        40,
                        5,
                        ClockQuality.DEVICE,
                        OptionalLong.empty()));
    }

    @Test
    void aGapIsARecordWithoutValueThatSaysUpToWhereAndWhy() throws Exception {
        try (TestDevice device = node.connect(id)) {
            device.hello();
            device.open(Lane.NORMAL, 1, 0);
            device.publish(Lane.NORMAL, 1, 0, reading(1), new Item.Gap(9, GapReason.OVERFLOW), reading(10));
            device.awaitAck(Lane.NORMAL, 10);
        }

        List<ConsumerRecord<String, byte[]>> records = node.events(id, 3);
        ConsumerRecord<String, byte[]> gap = records.get(1);
        assertThat(gap.value()).isNull();
        assertThat(headerNames(gap)).containsExactly("fl", "gap");
        assertThat(RecordHeaderCodec.decodeGap(gap.headers().lastHeader("gap").value()))
                .isEqualTo(new Item.Gap(9, GapReason.OVERFLOW));
        assertThat(position(gap).seq()).isEqualTo(2);
        assertThat(position(gap).timeMillis()).isZero();
        assertThat(position(records.get(2)).seq()).isEqualTo(10);
    }

    @Test
    void aBodyWithAContentTypeComesOutOfItsByteString() {
        byte[] json = "{\"a\":1}".getBytes(StandardCharsets.UTF_8);
        try (TestDevice device = node.connect(id)) {
            device.hello();
            device.open(Lane.BACKFILL, 1, 0);
            device.publish(
                    Lane.BACKFILL,
                    1,
                    0,
                    new Item.Event(
                            "log",
                            7,
                            Payload.byteString(json),
                            Attributes.NONE.withContentType("application/json").withTraceparent("00-aa-bb-01")));
            device.awaitAck(Lane.BACKFILL, 1);
        }

        ConsumerRecord<String, byte[]> record = node.events(id, 1).get(0);
        assertThat(record.value()).isEqualTo(json);
        assertThat(text(record, "content-type")).isEqualTo("application/json");
        assertThat(text(record, "traceparent")).isEqualTo("00-aa-bb-01");
    }

    @Test
    void anOutcomeGoesToTheCommandUpdatesAlsoIfNobodyKnowsTheCommand() {
        try (TestDevice device = node.connect(id)) {
            device.hello();
            device.open(Lane.OUTCOMES, 1, 0);
            device.publish(
                    Lane.OUTCOMES,
                    1,
                    0,
                    new Item.Outcome("cmd-1", OutcomeStatus.FAILED, 99, BodyCodec.encode("no such valve")));
            device.awaitAck(Lane.OUTCOMES, 1);
        }

        ConsumerRecord<String, byte[]> record = node.records(
                        node.config().kafka().topics().commandUpdates(), id, 1)
                .get(0);
        assertThat(headerNames(record)).containsExactly("fl", "command-id", "status");
        assertThat(text(record, "command-id")).isEqualTo("cmd-1");
        assertThat(text(record, "status")).isEqualTo("FAILED");
        assertThat(position(record).lane()).isEqualTo(Lane.OUTCOMES);
        assertThat(position(record).clockQuality()).isEqualTo(ClockQuality.SERVER_SYNCHRONISED);
        assertThat(BodyCodec.decode(Payload.wrap(record.value()))).isEqualTo("no such valve");
    }

    @Test
    void aRunIsFollowedByTheNextWithinOneLaneSession() {
        long nextRun = 0xf00d;
        try (TestDevice device = node.connect(id)) {
            device.hello();
            device.open(Lane.NORMAL, 1, 0);
            device.publish(Lane.NORMAL, 1, 0, readings(1, 5));
            device.open(Lane.NORMAL, nextRun, TestDevice.ORDER + 1, 6, 6, 0);
            device.publish(Lane.NORMAL, 6, 0, readings(6, 8));
            device.awaitAck(Lane.NORMAL, 8);
        }

        List<RecordPosition> positions =
                node.events(id, 8).stream().map(PublishTest::position).toList();
        assertThat(positions).extracting(RecordPosition::seq).containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L);
        assertThat(positions.subList(0, 5)).extracting(RecordPosition::run).containsOnly(TestDevice.RUN);
        assertThat(positions.subList(5, 8)).allSatisfy(position -> {
            assertThat(position.run()).isEqualTo(nextRun);
            assertThat(position.order()).isEqualTo(TestDevice.ORDER + 1);
            assertThat(position.first()).isEqualTo(6);
            assertThat(position.before()).isEqualTo(OptionalLong.of(TestDevice.RUN));
        });
    }

    @Test
    void aThousandItemsInManyFramesAreAcknowledgedByFarFewerAcks() {
        try (TestDevice device = node.connect(id)) {
            device.hello();
            device.open(Lane.NORMAL, 1, 0);
            for (int from = 1; from <= 1_000; from += 20) {
                device.publish(Lane.NORMAL, from, 0, readings(from, from + 19));
            }
            device.awaitAck(Lane.NORMAL, 1_000);
        }
        assertThat(node.events(id, 1_000))
                .extracting(record -> position(record).seq())
                .isSorted()
                .doesNotHaveDuplicates();
    }

    @Test
    void aHeartbeatIsAnsweredWithItsTokenAndTheTime() {
        try (TestDevice device = node.connect(id)) {
            device.hello();
            device.send(new io.fleetline.protocol.DeviceFrame.Heartbeat(77));
            ServerFrame.HeartbeatAck answer = device.expect(ServerFrame.HeartbeatAck.class);
            assertThat(answer.token()).isEqualTo(77);
            assertThat(answer.timeMillis())
                    .isCloseTo(System.currentTimeMillis(), org.assertj.core.data.Offset.offset(60_000L));
        }
    }

    static RecordPosition position(ConsumerRecord<?, ?> record) {
        try {
            return RecordHeaderCodec.decodePosition(
                    record.headers().lastHeader("fl").value());
        } catch (Exception e) {
            throw new AssertionError("record without a readable position: " + record, e);
        }
    }

    static String text(ConsumerRecord<?, ?> record, String header) {
        return Optional.ofNullable(record.headers().lastHeader(header))
                .map(found -> new String(found.value(), StandardCharsets.UTF_8))
                .orElseThrow(() -> new AssertionError("no header " + header + " in " + record));
    }

    private static List<String> headerNames(ConsumerRecord<?, ?> record) {
        return Arrays.stream(record.headers().toArray()).map(Header::key).toList();
    }

    private static int defaultPartition(DeviceId device) {
        byte[] key = device.toString().getBytes(StandardCharsets.UTF_8);
        return Utils.toPositive(Utils.murmur2(key)) % TestNode.PARTITIONS;
    }
}
