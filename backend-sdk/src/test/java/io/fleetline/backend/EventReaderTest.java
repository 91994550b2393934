package io.fleetline.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fleetline.backend.filter.Alarm;
import io.fleetline.backend.filter.FilterLimits;
import io.fleetline.protocol.ClockQuality;
import io.fleetline.protocol.DeviceId;
import io.fleetline.protocol.GapReason;
import io.fleetline.protocol.Lane;
import io.fleetline.protocol.RecordHeaders;
import io.fleetline.testkit.kafka.TestKafka;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import java.util.stream.LongStream;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The reader against a real Kafka, with records as nodes write them. */
@Timeout(180)
class EventReaderTest {
    private static final DeviceId PUMP = new DeviceId("acme", "pump-7");
    private static final DeviceId FAN = new DeviceId("acme", "fan-3");
    private static final Duration WAIT = Duration.ofMillis(200);

    private final TestKafka kafka = TestKafka.shared();
    private String topic;
    private TestNode node;

    @TempDir
    Path directory;

    @BeforeEach
    void makeTopic() {
        topic = kafka.createTopic("events", 1);
        node = new TestNode(kafka.bootstrapServers(), topic);
    }

    @AfterEach
    void closeNode() {
        node.close();
    }

    private EventReader reader(UnaryOperator<EventReaderBuilder> settings) {
        return settings.apply(EventReader.builder()
                        .bootstrapServers(kafka.bootstrapServers())
                        .kafka(Map.of("fetch.max.wait.ms", 50))
                        .topics(topic))
                .build();
    }

    /** All deliveries until this many came. */
    private static List<Delivery> take(EventReader reader, int count) {
        List<Delivery> taken = new ArrayList<>();
        while (taken.size() < count) {
            taken.addAll(reader.poll(WAIT).deliveries());
        }
        assertThat(taken).hasSize(count);
        return taken;
    }

    private static List<Long> takeSeqs(EventReader reader, int count) {
        return take(reader, count).stream()
                .map(delivery -> ((Event) delivery).seq())
                .toList();
    }

    /** Reads to the end of the partition; what it delivered. */
    private List<Delivery> readToEnd(EventReader reader) {
        long end = end();
        List<Delivery> taken = new ArrayList<>();
        while (reader.nextOffsets().get(new TopicPartition(topic, 0)) < end) {
            taken.addAll(reader.poll(WAIT).deliveries());
        }
        return taken;
    }

    private long end() {
        TopicPartition partition = new TopicPartition(topic, 0);
        try {
            return kafka.admin()
                    .listOffsets(Map.of(partition, org.apache.kafka.clients.admin.OffsetSpec.latest()))
                    .partitionResult(partition)
                    .get()
                    .offset();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<Long> seqs(long from, long to) {
        return LongStream.rangeClosed(from, to).boxed().toList();
    }

    @Test
    void aReaderThatComesNearWhatIsDeletedNextSaysSoOnce() throws Exception {
        node.events(PUMP, 1, 30);
        TopicPartition partition = new TopicPartition(topic, 0);
        kafka.admin()
                .deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(10)))
                .all()
                .get();
        List<RetentionWarning> warnings = new ArrayList<>();
        AtomicReference<Instant> clock = new AtomicReference<>(Instant.EPOCH);
        try (EventReader reader = reader(settings ->
                settings.onNearRetention(warnings::add).clock(clock::get).kafka(Map.of("max.poll.records", 2)))) {
            assertThat(takeSeqs(reader, 2)).isEqualTo(seqs(11, 12));
            assertThat(warnings).containsExactly(new RetentionWarning(partition, 12, 10, 30));
            assertThat(warnings.get(0).message())
                    .contains(partition + " is at offset 12, 18 records behind, and only 2 records from");
            clock.set(Instant.EPOCH.plusSeconds(61));
            assertThat(takeSeqs(reader, 18)).isEqualTo(seqs(13, 30));
            clock.set(Instant.EPOCH.plusSeconds(122));
            assertThat(reader.poll(Duration.ZERO).isEmpty()).isTrue();
            assertThat(warnings).hasSize(1);
        }
    }

    @Test
    void anEventHasAllThatItsRecordSays() {
        node.event(
                PUMP,
                1,
                0,
                new byte[] {(byte) 0xa1, 0x61, 0x6e, 0x07}, // {"n": 7}
                TestNode.text(RecordHeaders.SOURCE, "inlet"),
                TestNode.text(RecordHeaders.TRACEPARENT, "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"));
        node.event(
                PUMP,
                2,
                1,
                "{\"n\": 8}".getBytes(StandardCharsets.UTF_8),
                TestNode.text(RecordHeaders.CONTENT_TYPE, "application/json"));
        node.event(PUMP, 3, 2, new byte[] {1, 2}, TestNode.text(RecordHeaders.CONTENT_TYPE, "image/png"));
        try (EventReader reader = reader(settings -> settings)) {
            List<Delivery> events = take(reader, 3);
            Event event = (Event) events.get(0);
            assertThat(event.device()).isEqualTo(PUMP);
            assertThat(event.lane()).isEqualTo(Lane.NORMAL);
            assertThat(event.store()).isEqualTo(TestNode.STORE);
            assertThat(event.run()).isEqualTo(TestNode.RUN);
            assertThat(event.seq()).isEqualTo(1);
            assertThat(event.channel()).isEqualTo("env/temperature");
            assertThat(event.time()).isEqualTo(Instant.ofEpochMilli(TestNode.FIRST_RECORD_MILLIS));
            assertThat(event.clockQuality()).isEqualTo(ClockQuality.SERVER_SYNCHRONISED);
            assertThat(event.recordTime()).isEqualTo(Instant.ofEpochMilli(TestNode.FIRST_RECORD_MILLIS + 1_000));
            assertThat(event.source()).contains("inlet");
            assertThat(event.traceparent())
                    .hasValueSatisfying(trace -> assertThat(trace).startsWith("00-4bf92f35"));
            assertThat(event.contentType()).isEmpty();
            assertThat(event.body().length()).isEqualTo(4);
            assertThat(event.decodedBody()).isEqualTo(Map.of("n", 7L));
            assertThat(event.json()).isEqualTo("{\"n\":7}");
            assertThat(event.topic()).isEqualTo(topic);
            assertThat(event.offset()).isZero();

            Event json = (Event) events.get(1);
            assertThat(json.json()).isEqualTo("{\"n\": 8}");
            assertThatThrownBy(json::body).hasMessageContaining("application/json");

            Event image = (Event) events.get(2);
            assertThat(image.bytes()).containsExactly(1, 2);
            assertThat(image.json()).isEqualTo("\"AQI\"");
        }
    }

    @Test
    void repeatsAndDisorderInTheTopicDoNotReachTheApplication() {
        node.events(PUMP, 1, 3);
        node.event(PUMP, 5, 2);
        node.event(PUMP, 3, 2);
        node.event(FAN, 1, 0);
        node.event(PUMP, 4, 2);
        node.event(PUMP, 5, 2);
        node.event(PUMP, 6, 5);
        try (EventReader reader = reader(settings -> settings)) {
            List<Delivery> taken = readToEnd(reader);
            assertThat(taken.stream()
                            .map(Event.class::cast)
                            .filter(event -> event.device().equals(PUMP))
                            .map(Event::seq))
                    .containsExactly(1L, 2L, 3L, 4L, 5L, 6L);
            assertThat(taken).hasSize(7);
            assertThat(reader.counts().filter().ignored()).isEqualTo(2);
        }
    }

    @Test
    void gapsComeOnlyIfTheyAreAskedFor() {
        node.event(PUMP, 1, 0);
        node.gap(PUMP, 2, 9, 1);
        node.event(PUMP, 10, 9);
        try (EventReader reader = reader(settings -> settings)) {
            assertThat(takeSeqs(reader, 2)).containsExactly(1L, 10L);
        }
        try (EventReader reader = reader(settings -> settings.gaps(true))) {
            assertThat(take(reader, 3).get(1)).isInstanceOfSatisfying(Gap.class, gap -> {
                assertThat(gap.device()).isEqualTo(PUMP);
                assertThat(gap.from()).isEqualTo(2);
                assertThat(gap.to()).isEqualTo(9);
                assertThat(gap.reason()).isEqualTo(GapReason.OVERFLOW);
                assertThat(gap.offset()).isEqualTo(1);
            });
        }
    }

    @Test
    void anAcknowledgedRecordThatIsNotThereRaisesAnAlarm() {
        node.event(PUMP, 1, 0);
        node.event(PUMP, 3, 2);
        try (EventReader reader = reader(settings -> settings)) {
            List<Alarm> alarms = new ArrayList<>();
            while (alarms.isEmpty()) {
                alarms.addAll(reader.poll(WAIT).alarms());
            }
            assertThat(alarms).containsExactly(new Alarm.Lost(PUMP, Lane.NORMAL, TestNode.STORE, 2, 2));
        }
    }

    @Test
    void aRestartedReaderGoesOnWithWhatTheFirstOneHeld() {
        node.events(PUMP, 1, 3);
        node.event(PUMP, 6, 3);
        node.event(PUMP, 5, 3);
        try (EventReader first = reader(settings -> settings.stateStore(FileStateStore.open(directory)))) {
            assertThat(readToEnd(first)).hasSize(3);
            first.commit();
        }
        node.event(PUMP, 4, 3);
        node.event(PUMP, 7, 6);
        try (EventReader second = reader(settings -> settings.stateStore(FileStateStore.open(directory)))) {
            List<Delivery> taken = take(second, 4);
            assertThat(taken.stream().map(delivery -> ((Event) delivery).seq())).containsExactly(4L, 5L, 6L, 7L);
            Event held = (Event) taken.get(1);
            assertThat(held.channel()).isEqualTo("env/temperature");
            assertThat(held.json()).isEqualTo("{\"n\":5}");
            assertThat(held.offset()).isEqualTo(4);
        }
    }

    @Test
    void aReaderThatIsKilledAgainAndAgainStoresEachEventOnceWithItsResults() {
        // The application keeps its results and the reader's state in one place, as a database transaction would.
        long seed = 7;
        Random random = new Random(seed);
        for (long seq = 1; seq <= 60; seq++) {
            node.event(PUMP, seq, Math.max(0, seq - 1 - random.nextInt(4)));
            if (random.nextInt(3) == 0) {
                node.event(PUMP, seq, Math.max(0, seq - 4));
            }
        }
        StateStore store = StateStore.inMemory();
        List<Long> results = new ArrayList<>();
        while (results.size() < 60) {
            try (EventReader reader = reader(
                    settings -> settings.stateStore(store).kafka(Map.of("max.poll.records", 1 + random.nextInt(9))))) {
                for (int batches = random.nextInt(4); batches >= 0; batches--) {
                    List<Long> read = new ArrayList<>();
                    reader.poll(WAIT).events().forEach(event -> read.add(event.seq()));
                    if (random.nextInt(4) == 0) {
                        break; // dies before its transaction commits
                    }
                    results.addAll(read);
                    reader.commit();
                }
            }
        }
        assertThat(results).as("seed %d", seed).isEqualTo(seqs(1, 60));
    }

    @Test
    void whatWasNotCommittedComesAgain() {
        node.events(PUMP, 1, 4);
        try (EventReader reader = reader(settings -> settings.kafka(Map.of("max.poll.records", 2)))) {
            assertThat(takeSeqs(reader, 2)).containsExactly(1L, 2L);
            reader.commit();
            assertThat(takeSeqs(reader, 2)).containsExactly(3L, 4L);
            reader.rewind();
            assertThat(takeSeqs(reader, 2)).containsExactly(3L, 4L);
        }
    }

    @Test
    void aReaderThatJoinsAtTheEndTakesUpRunningStreamsWithoutAFalseAlarm() {
        node.events(PUMP, 1, 5);
        node.event(PUMP, 7, 5);
        try (EventReader reader = reader(settings -> settings.startAt(StartAt.latest()))) {
            assertThat(reader.poll(Duration.ZERO).isEmpty()).isTrue();
            node.event(PUMP, 6, 5);
            node.event(PUMP, 8, 5);
            node.event(PUMP, 9, 8);
            assertThat(takeSeqs(reader, 3)).containsExactly(6L, 8L, 9L);
            assertThat(reader.counts().filter().lost()).isZero();
        }
    }

    @Test
    void theGraceOfAJoiningReaderCountsFromTheRecordBeforeItsFirst() {
        node.events(PUMP, 1, 5);
        try (EventReader reader = reader(settings -> settings.startAt(StartAt.latest()))) {
            node.clock(TestNode.FIRST_RECORD_MILLIS
                    + FilterLimits.DEFAULT.joinGrace().toMillis()
                    + Duration.ofMinutes(1).toMillis());
            node.event(PUMP, 6, 5);
            node.event(PUMP, 8, 7);
            assertThat(takeSeqs(reader, 2)).containsExactly(6L, 8L);
            // Without the record before, 7 might lie before the start; with it, the hour is over.
            assertThat(reader.counts().filter().lost()).isEqualTo(1);
        }
    }

    @Test
    void aReaderThatJoinsAtATimeBeginsAtTheFirstRecordFromThenOn() {
        node.events(PUMP, 1, 10);
        Instant seventh = Instant.ofEpochMilli(TestNode.FIRST_RECORD_MILLIS + 7_000);
        try (EventReader reader = reader(settings -> settings.startAt(StartAt.time(seventh)))) {
            assertThat(takeSeqs(reader, 4)).containsExactly(7L, 8L, 9L, 10L);
        }
        try (EventReader reader =
                reader(settings -> settings.startAt(StartAt.time(Instant.ofEpochMilli(4_000_000_000_000L))))) {
            node.event(PUMP, 11, 10);
            assertThat(takeSeqs(reader, 1)).containsExactly(11L);
        }
    }

    @Test
    void whereAReaderBeganIsKnownAfterARestartThoughNothingHadCome() {
        node.events(PUMP, 1, 5);
        try (EventReader first =
                reader(settings -> settings.startAt(StartAt.latest()).stateStore(FileStateStore.open(directory)))) {
            assertThat(first.poll(Duration.ZERO).isEmpty()).isTrue();
            first.commit();
        }
        node.events(PUMP, 6, 7);
        try (EventReader second =
                reader(settings -> settings.startAt(StartAt.latest()).stateStore(FileStateStore.open(directory)))) {
            assertThat(takeSeqs(second, 2)).containsExactly(6L, 7L);
        }
    }

    @Test
    void aTrimmedTopicIsJoinedAndAWholeOneIsNot() throws Exception {
        node.events(PUMP, 1, 10);
        kafka.admin()
                .deleteRecords(Map.of(new TopicPartition(topic, 0), RecordsToDelete.beforeOffset(4)))
                .all()
                .get();
        try (EventReader reader = reader(settings -> settings)) {
            assertThat(takeSeqs(reader, 6)).containsExactly(5L, 6L, 7L, 8L, 9L, 10L);
            assertThat(reader.counts().filter().lost()).isZero();
        }
    }

    @Test
    void aReaderWhoseNextRecordsWereDeletedSaysSo() throws Exception {
        node.events(PUMP, 1, 3);
        StateStore store = StateStore.inMemory();
        try (EventReader reader = reader(settings -> settings.stateStore(store))) {
            assertThat(takeSeqs(reader, 3)).containsExactly(1L, 2L, 3L);
            reader.commit();
        }
        node.events(PUMP, 4, 9);
        kafka.admin()
                .deleteRecords(Map.of(new TopicPartition(topic, 0), RecordsToDelete.beforeOffset(8)))
                .all()
                .get();
        try (EventReader reader = reader(settings -> settings.stateStore(store))) {
            assertThatThrownBy(() -> take(reader, 1))
                    .isInstanceOf(ReadPositionGoneException.class)
                    .hasMessageContaining(topic);
        }
    }

    @Test
    void strangersAreHandedOnAsTheyAre() {
        node.event(PUMP, 1, 0);
        node.write(
                PUMP.toString(), new byte[] {7}, List.of(TestNode.text(RecordHeaders.REPLAY_OF, "dead-letters-0@5")));
        node.write("no device", new byte[] {8}, List.of());
        try (EventReader reader = reader(settings -> settings)) {
            List<Delivery> taken = take(reader, 3);
            assertThat(taken.get(1)).isInstanceOfSatisfying(Stranger.class, stranger -> {
                assertThat(stranger.device()).contains(PUMP);
                assertThat(stranger.replayOf()).contains("dead-letters-0@5");
                assertThat(stranger.record().value()).containsExactly(7);
            });
            assertThat(taken.get(2))
                    .isInstanceOfSatisfying(
                            Stranger.class,
                            stranger -> assertThat(stranger.device()).isEmpty());
            assertThat(reader.counts().strangers()).isEqualTo(2);
        }
    }

    @Test
    void unreadableRecordsAreCountedAndHandedOverAndTheReaderGoesOn() {
        node.event(PUMP, 1, 0);
        node.write(PUMP.toString(), new byte[] {7}, List.of(new RecordHeader(RecordHeaders.POSITION, new byte[] {9})));
        node.write("no device", new byte[] {8}, List.of(new RecordHeader(RecordHeaders.POSITION, new byte[] {(byte) 0x80
        })));
        node.event(PUMP, 2, 1);
        List<UnreadableRecord> unreadable = new ArrayList<>();
        try (EventReader reader = reader(settings -> settings.onUnreadable(unreadable::add))) {
            assertThat(takeSeqs(reader, 2)).containsExactly(1L, 2L);
            assertThat(unreadable).hasSize(2);
            assertThat(unreadable.get(0).message()).contains(topic + "-0@1").contains("fl");
            assertThat(reader.counts().unreadable()).isEqualTo(2);
        }
    }

    @Test
    void aRecordOfAnUnknownVersionStopsTheReaderBehindAllThatCameBefore() {
        node.events(PUMP, 1, 3);
        // [2, "what a later version says"]
        node.write(PUMP.toString(), new byte[] {7}, List.of(new RecordHeader(RecordHeaders.POSITION, new byte[] {
            (byte) 0x82, 2, 0x61, 0x78
        })));
        node.event(PUMP, 4, 3);
        StateStore store = StateStore.inMemory();
        try (EventReader reader = reader(settings -> settings.stateStore(store))) {
            assertThat(takeSeqs(reader, 3)).containsExactly(1L, 2L, 3L);
            reader.commit();
            for (int i = 0; i < 2; i++) {
                assertThatThrownBy(() -> take(reader, 1))
                        .isInstanceOf(UnknownRecordVersionException.class)
                        .hasMessageContaining(topic + "-0@3");
            }
        }
        assertThat(store.load(new TopicPartition(topic, 0)).orElseThrow().nextOffset())
                .isEqualTo(3);
    }

    @Test
    void readersOfAGroupShareThePartitionsAndTheirState() {
        topic = kafka.createTopic("shared", 2);
        StateStore store = StateStore.inMemory();
        String group = TestKafka.uniqueName("group");
        TreeMap<DeviceId, List<Long>> results = new TreeMap<>();
        try (TestNode writer = new TestNode(kafka.bootstrapServers(), topic);
                EventReader first = reader(settings -> settings.group(group).stateStore(store))) {
            List<DeviceId> devices = LongStream.range(0, 8)
                    .mapToObj(i -> new DeviceId("acme", "device-" + i))
                    .toList();
            devices.forEach(device -> writer.events(device, 1, 5));
            readInto(results, 40, first);
            EventReader second = reader(settings -> settings.group(group).stateStore(store));
            while (first.nextOffsets().size() != 1 || second.nextOffsets().size() != 1) {
                readInto(results, 0, first, second);
            }
            devices.forEach(device -> writer.events(device, 6, 9));
            readInto(results, 72, first, second);
            second.close();
            assertThat(results.keySet())
                    .containsExactlyElementsOf(devices.stream().sorted().toList());
            assertThat(results.values()).allSatisfy(seqs -> assertThat(seqs).isEqualTo(seqs(1, 9)));
        }
    }

    private static void readInto(Map<DeviceId, List<Long>> results, int total, EventReader... readers) {
        do {
            for (EventReader reader : readers) {
                for (Event event : reader.poll(WAIT).events()) {
                    results.computeIfAbsent(event.device(), device -> new ArrayList<>())
                            .add(event.seq());
                }
                reader.commit();
            }
        } while (results.values().stream().mapToInt(List::size).sum() < total);
    }

    @Test
    void runHandsOverAndCommitsUntilItIsStopped() {
        node.events(PUMP, 1, 5);
        StateStore store = StateStore.inMemory();
        List<Long> seen = new ArrayList<>();
        try (EventReader reader = reader(settings -> settings.stateStore(store))) {
            reader.run(batch -> {
                batch.events().forEach(event -> seen.add(event.seq()));
                if (seen.size() == 5) {
                    reader.stop();
                }
            });
        }
        assertThat(seen).isEqualTo(seqs(1, 5));
        assertThat(store.load(new TopicPartition(topic, 0)).orElseThrow().nextOffset())
                .isEqualTo(5);
    }

    @Test
    void aReaderWhoseProgressIsStaleHasToBeRewound() {
        node.events(PUMP, 1, 2);
        StateStore store = StateStore.inMemory();
        try (EventReader first = reader(settings -> settings.stateStore(store));
                EventReader second = reader(settings -> settings.stateStore(store))) {
            assertThat(takeSeqs(first, 2)).hasSize(2);
            assertThat(takeSeqs(second, 2)).hasSize(2);
            first.commit();
            assertThatThrownBy(second::commit)
                    .isInstanceOf(StaleProgressException.class)
                    .hasMessageContaining(topic + "-0");
            assertThatThrownBy(() -> second.poll(WAIT)).isInstanceOf(IllegalStateException.class);
            second.rewind();
            node.event(PUMP, 3, 2);
            assertThat(takeSeqs(second, 1)).containsExactly(3L);
            second.commit();
        }
    }

    @Test
    void settingsThatThePromiseRestsOnAreRefused() {
        EventReaderBuilder settings = EventReader.builder().bootstrapServers(kafka.bootstrapServers());
        assertThatThrownBy(() -> settings.kafka(Map.of("enable.auto.commit", true)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("enable.auto.commit");
        assertThatThrownBy(() -> settings.topics("not-there").build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("not-there");
        assertThatThrownBy(() -> settings.topics(topic).partitions(3).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1 partitions");
        assertThatThrownBy(() -> settings.group("g").build()).isInstanceOf(IllegalArgumentException.class);
    }
}
