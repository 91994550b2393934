package io.fleetline.exact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fleetline.backend.StreamRecordReader;
import io.fleetline.backend.filter.Alarm;
import io.fleetline.backend.filter.FilterLimits;
import io.fleetline.backend.filter.FilterOutput;
import io.fleetline.backend.filter.FilterStart;
import io.fleetline.backend.filter.HeldRecordCodec;
import io.fleetline.backend.filter.StreamFilter;
import io.fleetline.backend.filter.StreamRecord;
import io.fleetline.protocol.DeviceId;
import io.fleetline.protocol.RecordHeaders;
import io.fleetline.protocol.Topics;
import io.fleetline.protocol.cbor.BodyCodec;
import io.fleetline.protocol.cbor.RecordHeaderCodec;
import io.fleetline.protocol.cbor.RecordHeaderException;
import io.fleetline.testkit.Seeds;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The topology as Kafka Streams runs it, record by record. */
final class ExactTopologyTest {
    private static final String RAW = "raw";
    private static final DeviceId PUMP = DeviceId.parse("acme/pump-7");
    private static final NodeRecords NODE = new NodeRecords(RAW);
    private static final Duration RETENTION = FilterLimits.DEFAULT.supersededRetention();
    private static final Duration BETWEEN_CLEANINGS = Duration.ofMinutes(1);

    @TempDir
    private Path directory;

    private final MeterRegistry registry = new SimpleMeterRegistry();
    private TopologyTestDriver driver;
    private TestInputTopic<byte[], byte[]> raw;
    private TestOutputTopic<byte[], byte[]> exact;

    @AfterEach
    void close() {
        if (driver != null) {
            driver.close();
            driver = null;
        }
    }

    private void start(boolean gaps) {
        Properties settings = new Properties();
        settings.putAll(ExactStage.settings(ExactStageConfig.of("nowhere:1", directory)));
        driver = new TopologyTestDriver(
                ExactTopology.of(
                        Map.of(RAW, FilterLimits.DEFAULT), gaps, new ExactMetrics(registry, Duration.ofMinutes(5))),
                settings);
        raw = driver.createInputTopic(RAW, new ByteArraySerializer(), new ByteArraySerializer());
        exact = driver.createOutputTopic(
                RAW + Topics.EXACT_SUFFIX, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    @Test
    void theSettingsAreThoseOfExactlyOnce() {
        assertThat(ExactStage.settings(ExactStageConfig.of("nowhere:1", directory)))
                .containsEntry(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
    }

    @Test
    void copiesAreDroppedAndWhatCameEarlyWaitsForItsTurn() {
        start(false);
        feed(NODE.event(PUMP, 1, 0), NODE.event(PUMP, 1, 0), NODE.event(PUMP, 3, 1));
        assertThat(numbers()).containsExactly(1L);
        assertThat(held()).isEqualTo(1);
        assertThat(gauge("fleetline.exact.held.records")).isEqualTo(1);
        feed(NODE.event(PUMP, 2, 1), NODE.event(PUMP, 3, 1), NODE.event(PUMP, 4, 3));
        assertThat(numbers()).containsExactly(2L, 3L, 4L);
        assertThat(held()).isZero();
        assertThat(gauge("fleetline.exact.held.records")).isZero();
    }

    @Test
    void anEventKeepsItsTimeItsKeyAndItsHeadersAlsoWhenItWasHeld() {
        start(false);
        feed(NODE.event(PUMP, 2, 0), NODE.event(PUMP, 1, 0));
        List<TestRecord<byte[], byte[]>> records = exact.readRecordsToList();
        assertThat(records).hasSize(2);
        for (int i = 0; i < 2; i++) {
            ProducerRecord<byte[], byte[]> sent = NODE.event(PUMP, i + 1L, 0);
            TestRecord<byte[], byte[]> got = records.get(i);
            assertThat(got.key()).isEqualTo(sent.key());
            assertThat(got.value()).isEqualTo(sent.value());
            assertThat(got.timestamp()).isEqualTo(sent.timestamp());
            assertThat(got.headers().toArray()).containsExactly(sent.headers().toArray());
        }
    }

    @Test
    void gapsAreWrittenOnlyIfAskedForAndOnlyThePartThatCounts() throws RecordHeaderException {
        start(false);
        feed(NODE.gap(PUMP, 1, 3, 0), NODE.event(PUMP, 4, 3));
        assertThat(numbers()).containsExactly(4L);
        close();
        start(true);
        feed(NODE.event(PUMP, 3, 0), NODE.gap(PUMP, 2, 4, 0), NODE.event(PUMP, 1, 0));
        List<TestRecord<byte[], byte[]>> records = exact.readRecordsToList();
        assertThat(records).hasSize(4);
        assertThat(records.get(0).value()).isNotNull();
        assertThat(gap(records.get(1))).containsExactly(2, 2);
        assertThat(BodyCodec.decode(
                        io.fleetline.protocol.Payload.wrap(records.get(2).value())))
                .isEqualTo(3L);
        assertThat(gap(records.get(3))).containsExactly(4, 4);
        assertThat(held()).isZero();
    }

    private static long[] gap(TestRecord<byte[], byte[]> record) throws RecordHeaderException {
        assertThat(record.value()).isNull();
        return new long[] {
            RecordHeaderCodec.decodePosition(
                            record.headers().lastHeader(RecordHeaders.POSITION).value())
                    .seq(),
            RecordHeaderCodec.decodeGap(
                            record.headers().lastHeader(RecordHeaders.GAP).value())
                    .to()
        };
    }

    @Test
    void whatIsMissingIsNamedAndCounted() {
        start(false);
        feed(NODE.event(PUMP, 1, 0), NODE.event(PUMP, 5, 4));
        assertThat(numbers()).containsExactly(1L, 5L);
        assertThat(registry.get("fleetline.exact.lost").counter().count()).isEqualTo(3);
        assertThat(registry.get("fleetline.exact.alarms")
                        .tag("kind", "lost")
                        .counter()
                        .count())
                .isEqualTo(1);
    }

    @Test
    void aStreamThatWaitsForLongCountsAsStuck() {
        start(false);
        feed(NODE.event(PUMP, 2, 0));
        assertThat(gauge("fleetline.exact.stuck.devices")).isZero();
        DeviceId other = DeviceId.parse("acme/pump-8");
        long later = Duration.ofMinutes(6).toMillis();
        feed(NODE.event(other, 1, 0), NODE.event(other, later, later - 1));
        assertThat(gauge("fleetline.exact.stuck.devices")).isEqualTo(1);
        feed(NODE.event(PUMP, 1, 0));
        assertThat(gauge("fleetline.exact.stuck.devices")).isZero();
    }

    /** Rule C8: from when the store is first seen to be over, the topic's retention has to pass. */
    @Test
    void whatASupersededStoreLeftIsForgottenAfterTheTopicsRetentionAndNothingElseChanges() {
        start(false);
        NodeRecords old = NODE.inStore(1);
        NodeRecords wiped = NODE.inStore(2).after(Duration.ofHours(1));
        feed(old.event(PUMP, 1, 0), old.event(PUMP, 2, 1), wiped.event(PUMP, 1, 0), wiped.event(PUMP, 2, 1));
        DeviceId waiting = DeviceId.parse("acme/pump-8");
        feed(
                old.event(waiting, 1, 0),
                wiped.event(waiting, 1, 0),
                wiped.event(waiting, 2, 1),
                // What comes late of the old store waits for its number 2.
                old.event(waiting, 3, 1));
        assertThat(numbers()).containsExactly(1L, 2L, 1L, 2L, 1L, 1L, 2L);
        int withBoth = stored(PUMP);
        driver.advanceWallClockTime(BETWEEN_CLEANINGS);
        int noted = stored(PUMP);
        assertThat(noted).as("with when the old store was seen to be over").isGreaterThan(withBoth);
        int withWhatWaits = stored(waiting);

        DeviceId clock = DeviceId.parse("acme/clock");
        feed(NODE.inStore(1).after(RETENTION).event(clock, 1, 0));
        driver.advanceWallClockTime(BETWEEN_CLEANINGS);
        assertThat(stored(PUMP)).as("before the retention is over").isEqualTo(noted);

        feed(NODE.inStore(1).after(RETENTION.plusHours(2)).event(clock, 2, 1));
        driver.advanceWallClockTime(BETWEEN_CLEANINGS);
        assertThat(numbers()).as("but for the clock's").containsExactly(1L, 2L);
        DeviceId fresh = DeviceId.parse("acme/pump-9");
        feed(wiped.event(fresh, 1, 0), wiped.event(fresh, 2, 1));
        assertThat(numbers()).containsExactly(1L, 2L);
        assertThat(stored(PUMP)).as("as if it had had one store only").isEqualTo(stored(fresh));
        assertThat(stored(waiting)).as("what holds something stays").isEqualTo(withWhatWaits);
        assertThat(held()).isEqualTo(1);

        NodeRecords late = wiped.after(RETENTION.plusHours(3));
        feed(late.event(PUMP, 2, 1), late.event(PUMP, 3, 2));
        assertThat(numbers()).as("its latest store").containsExactly(3L);
        feed(old.after(RETENTION.plusHours(3)).event(waiting, 2, 1));
        assertThat(numbers()).as("what waited").containsExactly(2L, 3L);
        assertThat(held()).isZero();
        assertThat(registry.get("fleetline.exact.alarms").counters())
                .allSatisfy(alarms -> assertThat(alarms.count()).isZero());
    }

    @Test
    void aRoundOfCleaningGoesOnWhereTheLastOneEndedUntilAllDevicesHadTheirTurn() {
        start(false);
        List<DeviceId> devices = IntStream.range(0, 2_500)
                .mapToObj(number -> new DeviceId("acme", "pump-" + number))
                .toList();
        NodeRecords old = NODE.inStore(1);
        NodeRecords wiped = NODE.inStore(2);
        devices.forEach(device -> feed(old.event(device, 1, 0), wiped.event(device, 1, 0), wiped.event(device, 2, 1)));
        int withBoth = stored(devices.get(0));
        List<Long> noted = cleaned(3, () -> differing(devices, withBoth));
        assertThat(noted.get(0)).as("of which it noted an end at once").isBetween(900L, 1_000L);
        assertThat(noted).as("in three goes").isSorted().endsWith(2_500L);

        feed(NODE.inStore(2).after(RETENTION.plusHours(1)).event(devices.get(0), 3, 2));
        List<Long> forgotten = cleaned(
                3,
                () -> devices.stream()
                        .filter(device -> stored(device) < withBoth)
                        .count());
        assertThat(forgotten.get(0)).as("of which it forgot a store at once").isBetween(900L, 1_000L);
        assertThat(forgotten).as("in the next round").isSorted().endsWith(2_500L);
        assertThat(numbers()).as("what was fed, and nothing else").hasSize(3 * 2_500 + 1);
    }

    private long differing(List<DeviceId> devices, int size) {
        return devices.stream().filter(device -> stored(device) != size).count();
    }

    /** What is counted after each of so many cleanings. */
    private List<Long> cleaned(int times, LongSupplier count) {
        List<Long> counts = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            driver.advanceWallClockTime(BETWEEN_CLEANINGS);
            counts.add(count.getAsLong());
        }
        return counts;
    }

    /** How many bytes the state of a device takes. */
    private int stored(DeviceId device) {
        KeyValueStore<Bytes, byte[]> store = driver.getKeyValueStore(ExactProcessor.filtersStore(RAW));
        return store.get(Bytes.wrap(device.toString().getBytes(StandardCharsets.UTF_8))).length;
    }

    @Test
    void strangersPassAndUnreadableRecordsAreCounted() {
        start(false);
        feed(NODE.stranger(PUMP), NODE.spoiled(PUMP), NODE.stranger(PUMP));
        assertThat(exact.readValuesToList()).hasSize(2);
        assertThat(records("unreadable")).isEqualTo(1);
        assertThat(records("stranger")).isEqualTo(2);
    }

    @Test
    void aRecordOfANewerReleaseStopsTheStage() {
        start(false);
        byte[] newer = RecordHeaderCodec.encode(position(NODE.event(PUMP, 1, 0)));
        newer[1] = 2;
        ProducerRecord<byte[], byte[]> record = NODE.event(PUMP, 1, 0);
        record.headers().remove(RecordHeaders.POSITION).add(RecordHeaders.POSITION, newer);
        assertThatThrownBy(() -> feed(record)).rootCause().hasMessageContaining("version 2");
    }

    private static io.fleetline.protocol.RecordPosition position(ProducerRecord<byte[], byte[]> record) {
        try {
            return RecordHeaderCodec.decodePosition(
                    record.headers().lastHeader(RecordHeaders.POSITION).value());
        } catch (RecordHeaderException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Whatever the log reads like, the stage writes what the filter alone delivers, and keeps nothing that is done. */
    @Test
    void theStageWritesWhatTheFilterDelivers() {
        Seeds.forEach(6, seed -> {
            start(true);
            List<ProducerRecord<byte[], byte[]>> log = disorderly(new Random(seed));
            List<String> expected = new ArrayList<>();
            long stillHeld = filter(log, expected);
            feed(log);
            List<String> written = new ArrayList<>();
            exact.readRecordsToList().forEach(record -> written.add(tell(record)));
            assertThat(written).isEqualTo(expected);
            assertThat(held()).isEqualTo(stillHeld);
            close();
        });
    }

    /** Copies, swapped neighbours, gaps, and now and then a record that is missing. */
    private static List<ProducerRecord<byte[], byte[]>> disorderly(Random random) {
        List<ProducerRecord<byte[], byte[]>> log = new ArrayList<>();
        for (int d = 0; d < 5; d++) {
            DeviceId device = DeviceId.parse("acme/pump-" + d);
            long acked = 0;
            for (long seq = 1; seq <= 300; seq++) {
                acked = Math.max(acked, seq - 1 - random.nextInt(8));
                acked = Math.min(acked, seq - 1);
                int dice = random.nextInt(100);
                if (dice < 2) {
                    continue;
                }
                if (dice < 8) {
                    long to = seq + random.nextInt(3);
                    log.add(NODE.gap(device, seq, to, acked));
                    seq = random.nextBoolean() ? to : seq;
                    continue;
                }
                log.add(NODE.event(device, seq, acked));
                if (dice < 20) {
                    log.add(log.get(Math.max(0, log.size() - 1 - random.nextInt(6))));
                }
            }
        }
        for (int i = 0; i + 3 < log.size(); i++) {
            if (random.nextInt(100) < 15) {
                Collections.swap(log, i, i + 1 + random.nextInt(3));
            }
        }
        return log;
    }

    /** What the filter alone makes of it; returns how many events it still holds. */
    private static long filter(List<ProducerRecord<byte[], byte[]>> log, List<String> delivered) {
        StreamRecordReader reader = new StreamRecordReader();
        boolean[] done = new boolean[log.size()];
        StreamFilter<Integer> filter = new StreamFilter<>(
                FilterStart.whole(), FilterLimits.DEFAULT, NoCodec.CODEC, new FilterOutput<Integer>() {
                    @Override
                    public void event(DeviceId device, StreamRecord<Integer> record) {
                        done[record.payload()] = true;
                        delivered.add(device + " " + record.seq());
                    }

                    @Override
                    public void gap(DeviceId device, StreamRecord<Integer> record, long from, long to) {
                        delivered.add(device + " " + from + "-" + to);
                    }

                    @Override
                    public void alarm(Alarm alarm) {}

                    @Override
                    public void ignored(
                            DeviceId device,
                            StreamRecord<Integer> record,
                            io.fleetline.backend.filter.IgnoreReason reason) {
                        done[record.payload()] = true;
                    }
                });
        long held = 0;
        try {
            for (int i = 0; i < log.size(); i++) {
                ProducerRecord<byte[], byte[]> record = log.get(i);
                filter.accept(
                        reader.device(record.key()),
                        reader.read(record.headers(), record.value(), record.timestamp(), i)
                                .orElseThrow());
            }
            for (int i = 0; i < log.size(); i++) {
                held += done[i] || log.get(i).value() == null ? 0 : 1;
            }
        } catch (RecordHeaderException e) {
            throw new IllegalStateException(e);
        }
        return held;
    }

    private enum NoCodec implements HeldRecordCodec<Integer> {
        CODEC;

        @Override
        public byte[] encode(Integer payload) {
            throw new UnsupportedOperationException("not stored here");
        }

        @Override
        public Integer decode(byte[] bytes) {
            throw new UnsupportedOperationException("not stored here");
        }
    }

    private static String tell(TestRecord<byte[], byte[]> record) {
        String device = new String(record.key(), StandardCharsets.UTF_8);
        try {
            if (record.value() == null) {
                long[] range = gap(record);
                return device + " " + range[0] + "-" + range[1];
            }
            return device + " "
                    + RecordHeaderCodec.decodePosition(record.headers()
                                    .lastHeader(RecordHeaders.POSITION)
                                    .value())
                            .seq();
        } catch (RecordHeaderException e) {
            throw new IllegalStateException(e);
        }
    }

    @SafeVarargs
    @SuppressWarnings("varargs")
    private void feed(ProducerRecord<byte[], byte[]>... records) {
        feed(List.of(records));
    }

    private void feed(List<ProducerRecord<byte[], byte[]>> records) {
        for (ProducerRecord<byte[], byte[]> record : records) {
            raw.pipeInput(new TestRecord<>(
                    record.key(),
                    record.value(),
                    new org.apache.kafka.common.header.internals.RecordHeaders(record.headers()),
                    record.timestamp()));
        }
    }

    private List<Long> numbers() {
        List<Long> numbers = new ArrayList<>();
        exact.readValuesToList()
                .forEach(value -> numbers.add((Long) BodyCodec.decode(io.fleetline.protocol.Payload.wrap(value))));
        return numbers;
    }

    private long held() {
        KeyValueStore<Bytes, byte[]> store = driver.getKeyValueStore(ExactProcessor.heldStore(RAW));
        long count = 0;
        try (KeyValueIterator<Bytes, byte[]> all = store.all()) {
            while (all.hasNext()) {
                all.next();
                count++;
            }
        }
        return count;
    }

    private double gauge(String name) {
        return registry.get(name).gauge().value();
    }

    private double records(String outcome) {
        return registry.get("fleetline.exact.records")
                .tag("outcome", outcome)
                .counter()
                .count();
    }
}
