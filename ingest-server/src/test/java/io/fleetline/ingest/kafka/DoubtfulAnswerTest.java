package io.fleetline.ingest.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetline.ingest.telemetry.AckWindow;
import io.fleetline.ingest.telemetry.EventSink;
import io.fleetline.ingest.telemetry.Refusal;
import io.fleetline.ingest.telemetry.Settlement;
import io.fleetline.ingest.time.ManualTime;
import io.fleetline.protocol.Attributes;
import io.fleetline.protocol.ClockQuality;
import io.fleetline.protocol.DeviceId;
import io.fleetline.protocol.GapReason;
import io.fleetline.protocol.Item;
import io.fleetline.protocol.Lane;
import io.fleetline.protocol.RecordPosition;
import io.fleetline.protocol.RejectCode;
import io.fleetline.protocol.cbor.BodyCodec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.BufferExhaustedException;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.Cluster;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.errors.ClusterAuthorizationException;
import org.apache.kafka.common.errors.CorruptRecordException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.apache.kafka.common.errors.NetworkException;
import org.apache.kafka.common.errors.NotEnoughReplicasAfterAppendException;
import org.apache.kafka.common.errors.NotEnoughReplicasException;
import org.apache.kafka.common.errors.NotLeaderOrFollowerException;
import org.apache.kafka.common.errors.OutOfOrderSequenceException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnknownServerException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Rules N2 to N4 with Kafka's own producer for tests: whatever it fails with, nothing behind the failure is acknowledged. */
class DoubtfulAnswerTest {
    private static final DeviceId PUMP = new DeviceId("acme", "pump");
    private static final int PARTITIONS = 12;

    private final MockProducer<byte[], byte[]> producer = producer();
    private final EventSink.Route route = sink(List.of(producer)).route(PUMP, Lane.NORMAL);
    private final AckWindow window = new AckWindow(0, () -> {});

    static Stream<RuntimeException> failures() {
        return Stream.of(
                new TimeoutException("Expiring 3 record(s) for fleetline.events-0: 20000 ms has passed"),
                new NotEnoughReplicasException("not written"),
                new NotEnoughReplicasAfterAppendException("written, but to too few"),
                new NotLeaderOrFollowerException("moved"),
                new NetworkException("disconnected before an answer was received"),
                new OutOfOrderSequenceException("the broker has seen other numbers"),
                new InvalidProducerEpochException("an older epoch"),
                new UnknownTopicOrPartitionException("deleted"),
                new TopicAuthorizationException("no longer allowed"),
                new ClusterAuthorizationException("idempotence is no longer allowed"),
                new KafkaStorageException("a disk failed"),
                new CorruptRecordException("changed under way"),
                new InvalidTimestampException("the node's clock is wrong"),
                new RecordTooLargeException("larger than the topic takes"),
                new BufferExhaustedException("no memory within max.block.ms"),
                new SerializationException("cannot be"),
                new UnknownServerException("who knows"),
                new IllegalStateException("Producer is closed forcefully."),
                new KafkaException("anything else"));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void afterAnExceptionOnlyWhatWasBeforeItIsAcknowledged(RuntimeException failure) {
        store(5);
        producer.completeNext();
        producer.completeNext();
        producer.errorNext(failure);
        producer.completeNext();
        producer.completeNext();

        AckWindow.Round round = window.takeRound();
        assertThat(round.ending()).isEqualTo(AckWindow.Ending.REWIND);
        assertThat(window.ackedUpTo()).isLessThanOrEqualTo(2);
        assertThat(window.trouble()).contains(failure.getClass().getSimpleName());
        assertThat(round.freedItems()).as("what is answered is room again").isEqualTo(5);
        assertThat(window.admit(6, 10, 0)).as("nothing more is taken").isNegative();
    }

    @ParameterizedTest
    @MethodSource("failures")
    void aProducerThatThrowsInsteadOfAnsweringIsADoubtToo(RuntimeException failure) {
        store(1);
        producer.completeNext();
        assertThat(window.takeRound().ackUpTo()).isEqualTo(1);
        producer.sendException = failure;
        store(2, 2);
        AckWindow.Round round = window.takeRound();
        assertThat(round.ending()).isEqualTo(AckWindow.Ending.REWIND);
        assertThat(round.ackUpTo()).isZero();
        assertThat(window.ackedUpTo()).isEqualTo(1);
    }

    @Test
    void anInterruptedThreadIsADoubt() {
        producer.sendException = new InterruptException("interrupted while waiting for memory");
        store(1);
        assertThat(Thread.interrupted()).as("the interruption is not swallowed").isTrue();
        assertThat(window.takeRound().ending()).isEqualTo(AckWindow.Ending.REWIND);
    }

    @Test
    void aCallbackThatNeverComesIsWaitedFor() {
        store(3);
        producer.completeNext();
        assertThat(window.takeRound().ackUpTo()).isEqualTo(1);
        assertThat(window.takeRound().ending()).isEqualTo(AckWindow.Ending.NONE);
        assertThat(window.pending()).isEqualTo(2);
        // Until Kafka's producer itself gives up.
        producer.errorNext(new TimeoutException("20000 ms has passed since batch creation"));
        producer.errorNext(new TimeoutException("20000 ms has passed since batch creation"));
        AckWindow.Round round = window.takeRound();
        assertThat(round.ending()).isEqualTo(AckWindow.Ending.REWIND);
        assertThat(round.freedItems()).isEqualTo(2);
        assertThat(window.pending()).isZero();
    }

    @Test
    void aGapIsAcknowledgedUpToItsEnd() {
        route.store(position(1), event(), window, window.admit(1, 10, 0));
        route.store(position(2), new Item.Gap(9, GapReason.EXPIRED), window, window.admit(9, 10, 0));
        producer.completeNext();
        producer.completeNext();
        assertThat(window.takeRound().ackUpTo()).isEqualTo(9);
    }

    @ParameterizedTest
    @MethodSource("failures")
    void aDeadLetterThatIsNotStoredIsNoRejection(RuntimeException failure) {
        store(1);
        window.refuse(2, new Refusal(RejectCode.TOO_LARGE, "too large", -1));
        List<Exception> failures = new ArrayList<>();
        route.bury(
                position(2),
                event(),
                new Refusal(RejectCode.TOO_LARGE, "too large", -1),
                new Settlement() {
                    @Override
                    public void stored(long slot, int partition, long offset) {
                        throw new AssertionError("it was not stored");
                    }

                    @Override
                    public void failed(long slot, Exception cause) {
                        failures.add(cause);
                        window.burialFailed(cause);
                    }
                },
                0);
        producer.completeNext();
        producer.errorNext(failure);
        AckWindow.Round round = window.takeRound();
        assertThat(failures).containsExactly(failure);
        assertThat(round.ending()).isEqualTo(AckWindow.Ending.REWIND);
    }

    /** Rule N2, over several producers: whatever a lane session sends goes the same way, in order. */
    @Test
    void theRecordsOfALaneGoToOneProducerAndOnePartitionInOrder() {
        List<MockProducer<byte[], byte[]>> producers =
                Stream.generate(DoubtfulAnswerTest::producer).limit(4).toList();
        KafkaEventSink sink = sink(List.copyOf(producers));
        for (int i = 0; i < 50; i++) {
            DeviceId device = new DeviceId("acme", "pump-" + i);
            for (Lane lane : List.of(Lane.NORMAL, Lane.URGENT, Lane.BACKFILL)) {
                EventSink.Route each = sink.route(device, lane);
                for (long seq = 1; seq <= 5; seq++) {
                    each.store(position(seq), event(), window, seq);
                }
            }
        }
        Map<String, Set<String>> ways = new HashMap<>();
        for (int p = 0; p < producers.size(); p++) {
            assertThat(producers.get(p).history()).as("each has its part").isNotEmpty();
            for (ProducerRecord<byte[], byte[]> record : producers.get(p).history()) {
                ways.computeIfAbsent(
                                new String(record.key(), java.nio.charset.StandardCharsets.UTF_8), k -> new HashSet<>())
                        .add(p + "/" + record.topic() + "/" + record.partition());
            }
        }
        assertThat(ways)
                .hasSize(50)
                .allSatisfy((device, taken) -> assertThat(taken).as(device).hasSize(1));
    }

    private void store(int count) {
        store(1, count);
    }

    private void store(long from, long to) {
        for (long seq = from; seq <= to; seq++) {
            route.store(position(seq), event(), window, window.admit(seq, 10, 0));
        }
    }

    private static MockProducer<byte[], byte[]> producer() {
        Node node = new Node(1, "localhost", 9092);
        Node[] replicas = {node};
        List<PartitionInfo> partitions = Stream.of("fleetline.events", "fleetline.dead-letters")
                .flatMap(topic -> IntStream.range(0, PARTITIONS)
                        .mapToObj(partition -> new PartitionInfo(topic, partition, node, replicas, replicas)))
                .toList();
        Cluster cluster = new Cluster("mock", List.of(node), partitions, Set.of(), Set.of());
        return new MockProducer<>(cluster, false, null, new ByteArraySerializer(), new ByteArraySerializer());
    }

    private static KafkaEventSink sink(List<Producer<byte[], byte[]>> producers) {
        return new KafkaEventSink(
                producers, new ManualTime(), KafkaConfig.DEFAULTS.forSingleBroker(PARTITIONS), tenant -> true);
    }

    private static Item.Event event() {
        return new Item.Event("env/heat", 4, BodyCodec.encode("hot"), Attributes.NONE);
    }

    private static RecordPosition position(long seq) {
        return new RecordPosition(
                Lane.NORMAL, 1, 2, 3, 1, seq, 0, 4, ClockQuality.SERVER_SYNCHRONISED, OptionalLong.empty());
    }
}
