package io.fleetline.ingest.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetline.ingest.telemetry.AckWindow;
import io.fleetline.ingest.telemetry.EventSink;
import io.fleetline.ingest.telemetry.Refusal;
import io.fleetline.ingest.time.ManualTime;
import io.fleetline.protocol.Attributes;
import io.fleetline.protocol.ClockQuality;
import io.fleetline.protocol.DeviceId;
import io.fleetline.protocol.GapReason;
import io.fleetline.protocol.Item;
import io.fleetline.protocol.Lane;
import io.fleetline.protocol.OutcomeStatus;
import io.fleetline.protocol.Payload;
import io.fleetline.protocol.RecordPosition;
import io.fleetline.protocol.RejectCode;
import io.fleetline.protocol.cbor.BodyCodec;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.junit.jupiter.api.Test;

/** What becomes of Kafka's answers, those that one should never see among them. */
class RecordRouteTest {
    private static final DeviceId PUMP = new DeviceId("acme", "pump");
    private static final int PARTITIONS = 12;

    private final ManualTime time = new ManualTime();
    private final AnswerableProducer producer = new AnswerableProducer();
    private final KafkaEventSink sink = sink(RecordFormat.DEFAULTS);
    private final EventSink.Route route = sink.route(PUMP, Lane.NORMAL);
    private final AckWindow window = new AckWindow(0, () -> {});

    @Test
    void answersInOrderAreAcknowledged() {
        store(1, 2, 3);
        producer.answer(0, 5, 100);
        producer.answer(1, 5, 101);
        producer.answer(2, 5, 102);
        assertThat(window.takeRound().ackUpTo()).isEqualTo(3);
    }

    @Test
    void anExceptionIsADoubt() {
        store(1, 2);
        producer.fail(0, new KafkaException("the broker went away"));
        producer.answer(1, 5, 101);
        assertRewound("the broker went away");
    }

    @Test
    void anOffsetThatDoesNotRiseIsADoubt() {
        store(1, 2);
        producer.answer(0, 5, 100);
        producer.answer(1, 5, 99);
        assertRewound("offset 99 came after offset 100");
    }

    @Test
    void anotherPartitionIsADoubt() {
        store(1, 2);
        producer.answer(0, 5, 100);
        producer.answer(1, 6, 101);
        assertRewound("the partition changed from 5 to 6");
    }

    /** What a broker answers to a batch that it had already: it is there, but nobody knows where. */
    @Test
    void anAnswerWithoutAnOffsetIsADoubt() {
        store(1);
        producer.answer(0, 5, -1);
        assertRewound("without an offset");
    }

    @Test
    void aSecondAnswerChangesNothing() {
        store(1, 2);
        producer.answer(0, 5, 100);
        producer.answer(0, 5, 100);
        producer.fail(0, new KafkaException("late"));
        producer.answer(1, 5, 101);
        AckWindow.Round round = window.takeRound();
        assertThat(round.ackUpTo()).isEqualTo(2);
        assertThat(round.freedItems()).isEqualTo(2);
    }

    @Test
    void aProducerThatThrowsIsADoubtAndNoCatastrophe() {
        producer.sendException = new IllegalStateException("Cannot perform operation after producer has been closed");
        store(1);
        assertRewound("producer has been closed");
    }

    @Test
    void recordsGoToThePartitionThatKafkasOwnPartitionerWouldTake() {
        for (String name : List.of("pump", "a", "Ünïcode-is-not-allowed".substring(8), "x".repeat(128))) {
            DeviceId device = new DeviceId("acme", name);
            sink.route(device, Lane.URGENT).store(position(1), event(), window, 0);
            ProducerRecord<byte[], byte[]> record = producer.last();
            assertThat(record.partition())
                    .isEqualTo(org.apache.kafka.clients.producer.internals.BuiltInPartitioner.partitionForKey(
                            device.toString().getBytes(StandardCharsets.UTF_8), PARTITIONS));
        }
    }

    @Test
    void theNodesClockIsTheRecordsTime() {
        store(1);
        assertThat(producer.last().timestamp()).isEqualTo(time.unixMillis());
    }

    @Test
    void lanesOfEventsShareATopicAndOutcomesHaveTheirs() {
        assertThat(topicOf(Lane.NORMAL)).isEqualTo("fleetline.events");
        assertThat(topicOf(Lane.URGENT)).isEqualTo("fleetline.events");
        assertThat(topicOf(Lane.BACKFILL)).isEqualTo("fleetline.events");
        sink.route(PUMP, Lane.OUTCOMES).store(position(1), new Item.Gap(1, GapReason.REFUSED), window, 0);
        assertThat(producer.last().topic()).isEqualTo("fleetline.command-updates");
    }

    @Test
    void aDeadLetterIsTheEventWithTheReason() {
        route.bury(position(9), event(), new Refusal(RejectCode.BODY_NOT_ACCEPTABLE, "same key twice", 17), window, 0);
        ProducerRecord<byte[], byte[]> letter = producer.last();
        assertThat(letter.topic()).isEqualTo("fleetline.dead-letters");
        assertThat(new String(letter.key(), StandardCharsets.UTF_8)).isEqualTo("acme/pump");
        assertThat(letter.value()).isEqualTo(BodyCodec.encode("hot").toByteArray());
        assertThat(names(letter)).containsExactly("fl", "channel", "reject-code", "reject-message", "reject-offset");
        assertThat(header(letter, "reject-code")).isEqualTo("BODY_NOT_ACCEPTABLE");
        assertThat(header(letter, "reject-message")).isEqualTo("same key twice");
        assertThat(header(letter, "reject-offset")).isEqualTo("17");
    }

    @Test
    void theBodyIsHandedOverAsItLiesInTheMiddleOfItsFrame() {
        byte[] frame = {9, 9, 0x43, 1, 2, 3, 9};
        route.store(
                position(1),
                new Item.Event("c", 0, Payload.wrap(frame, 2, 4), Attributes.NONE),
                window,
                window.admit(1, 10, 0));
        assertThat(producer.last().value()).containsExactly(0x43, 1, 2, 3);
    }

    @Test
    void jsonIsStoredWhereItIsAskedForAndSaysSo() {
        EventSink.Route json = sink(new RecordFormat(RecordFormat.Values.JSON, RecordFormat.Headers.COMPACT))
                .route(PUMP, Lane.NORMAL);
        json.store(position(1), event(), window, window.admit(1, 10, 0));
        assertThat(text(producer.last().value())).isEqualTo("\"hot\"");
        assertThat(header(producer.last(), "content-type")).isEqualTo("application/json");
        assertThat(names(producer.last())).containsExactly("fl", "channel", "content-type");
    }

    @Test
    void whatIsNotCborOrNoEventIsNeverMadeJson() {
        KafkaEventSink json = sink(new RecordFormat(RecordFormat.Values.JSON, RecordFormat.Headers.COMPACT));
        Attributes png =
                new Attributes(Optional.of("image/png"), ClockQuality.UNKNOWN, Optional.empty(), Optional.empty());
        Item.Event picture = new Item.Event("c", 0, Payload.byteString(new byte[] {1, 2}), png);
        json.route(PUMP, Lane.NORMAL).store(position(1), picture, window, 0);
        assertThat(producer.last().value()).containsExactly(1, 2);
        assertThat(header(producer.last(), "content-type")).isEqualTo("image/png");

        json.route(PUMP, Lane.OUTCOMES)
                .store(position(1), new Item.Outcome("id", OutcomeStatus.SUCCEEDED, 0, BodyCodec.encode(1)), window, 0);
        assertThat(producer.last().value()).containsExactly(1);

        json.route(PUMP, Lane.NORMAL).store(position(1), new Item.Gap(1, GapReason.REFUSED), window, 0);
        assertThat(producer.last().value()).isNull();
        assertThat(names(producer.last())).containsExactly("fl", "gap");
    }

    @Test
    void aDeadLetterKeepsTheBytesThatWereRejected() {
        EventSink.Route json = sink(new RecordFormat(RecordFormat.Values.JSON, RecordFormat.Headers.COMPACT))
                .route(PUMP, Lane.NORMAL);
        json.bury(position(9), event(), new Refusal(RejectCode.TOO_LARGE, "too large", -1), window, 0);
        assertThat(producer.last().value()).isEqualTo(BodyCodec.encode("hot").toByteArray());
        assertThat(names(producer.last())).containsExactly("fl", "channel", "reject-code", "reject-message");
    }

    @Test
    void readableHeadersSayInTextWhatThePositionSaysInCbor() {
        EventSink.Route readable = sink(new RecordFormat(RecordFormat.Values.CBOR, RecordFormat.Headers.READABLE))
                .route(PUMP, Lane.NORMAL);
        readable.store(position(7), event(), window, window.admit(7, 10, 0));
        ProducerRecord<byte[], byte[]> event = producer.last();
        assertThat(names(event))
                .containsExactly("fl", "channel", "fl-time", "fl-clock", "fl-lane", "fl-store", "fl-run", "fl-seq");
        assertThat(header(event, "fl-time")).isEqualTo("1970-01-01T00:00:00.004Z");
        assertThat(header(event, "fl-clock")).isEqualTo("server-synchronised");
        assertThat(header(event, "fl-lane")).isEqualTo("normal");
        assertThat(header(event, "fl-store")).isEqualTo("1");
        assertThat(header(event, "fl-run")).isEqualTo("2");
        assertThat(header(event, "fl-seq")).isEqualTo("7");

        readable.store(position(8), new Item.Gap(11, GapReason.OVERFLOW), window, window.admit(11, 10, 0));
        ProducerRecord<byte[], byte[]> gap = producer.last();
        assertThat(names(gap))
                .containsExactly("fl", "gap", "fl-gap-to", "fl-gap-reason", "fl-lane", "fl-store", "fl-run", "fl-seq");
        assertThat(header(gap, "fl-gap-to")).isEqualTo("11");
        assertThat(header(gap, "fl-gap-reason")).isEqualTo("overflow");
    }

    @Test
    void aTenantMayHaveTopicsOfItsOwn() {
        KafkaEventSink perTenant =
                new KafkaEventSink(List.of(producer), time, perTenant(), tenant -> tenant.equals("acme"));
        EventSink.Route acme = perTenant.route(PUMP, Lane.NORMAL);
        acme.store(position(1), event(), window, window.admit(1, 10, 0));
        assertThat(producer.last().topic()).isEqualTo("events.acme");
        acme.bury(position(2), event(), new Refusal(RejectCode.TOO_LARGE, "", -1), window, 0);
        assertThat(producer.last().topic()).isEqualTo("dead.acme");
        perTenant.route(PUMP, Lane.OUTCOMES).store(position(1), event(), window, 0);
        assertThat(producer.last().topic()).isEqualTo("fleetline.command-updates");
    }

    @Test
    void aTenantWhoseTopicsAreNotReadyIsRewound() {
        KafkaEventSink perTenant = new KafkaEventSink(List.of(producer), time, perTenant(), tenant -> false);
        perTenant.route(PUMP, Lane.NORMAL).store(position(1), event(), window, window.admit(1, 10, 0));
        assertRewound("the topics of tenant acme are not ready");
        assertThat(producer.records).isEmpty();
    }

    private KafkaEventSink sink(RecordFormat format) {
        KafkaConfig config = KafkaConfig.DEFAULTS.forSingleBroker(PARTITIONS).withRecords(format);
        return new KafkaEventSink(List.of(producer), time, config, tenant -> true);
    }

    private static KafkaConfig perTenant() {
        return KafkaConfig.DEFAULTS
                .forSingleBroker(PARTITIONS)
                .withTopics(new TopicNames(
                        "events.{tenant}",
                        "dead.{tenant}",
                        "fleetline.commands",
                        "fleetline.command-updates",
                        "fleetline.devices",
                        "fleetline.tenants",
                        "fleetline.audit"));
    }

    private static List<String> names(ProducerRecord<?, ?> record) {
        return Arrays.stream(record.headers().toArray()).map(Header::key).toList();
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private String topicOf(Lane lane) {
        sink.route(PUMP, lane).store(position(1), event(), window, 0);
        return producer.last().topic();
    }

    private void store(long... seqs) {
        for (long seq : seqs) {
            route.store(position(seq), event(), window, window.admit(seq, 10, 0));
        }
    }

    private void assertRewound(String why) {
        AckWindow.Round round = window.takeRound();
        assertThat(round.ending()).isEqualTo(AckWindow.Ending.REWIND);
        assertThat(round.ackUpTo()).isZero();
        assertThat(window.trouble()).contains(why);
    }

    private static Item.Event event() {
        return new Item.Event("env/heat", 4, BodyCodec.encode("hot"), Attributes.NONE);
    }

    private static RecordPosition position(long seq) {
        return new RecordPosition(
                Lane.NORMAL, 1, 2, 3, 1, seq, 0, 4, ClockQuality.SERVER_SYNCHRONISED, OptionalLong.empty());
    }

    private static String header(ProducerRecord<?, ?> record, String name) {
        return new String(record.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
    }

    /** Keeps each record's callback, so that the test can answer as no broker should. */
    private static final class AnswerableProducer extends MockProducer<byte[], byte[]> {
        private final List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        private final List<Callback> callbacks = new ArrayList<>();

        @Override
        public synchronized Future<RecordMetadata> send(ProducerRecord<byte[], byte[]> record, Callback callback) {
            if (sendException != null) {
                throw sendException;
            }
            records.add(record);
            callbacks.add(callback);
            return new CompletableFuture<>();
        }

        ProducerRecord<byte[], byte[]> last() {
            return records.get(records.size() - 1);
        }

        void answer(int which, int partition, long offset) {
            TopicPartition place = new TopicPartition(records.get(which).topic(), partition);
            RecordMetadata metadata = new RecordMetadata(place, offset, 0, -1, 0, 0);
            callbacks.get(which).onCompletion(metadata, null);
        }

        void fail(int which, Exception cause) {
            callbacks.get(which).onCompletion(null, cause);
        }
    }
}
