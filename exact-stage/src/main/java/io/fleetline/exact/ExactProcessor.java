package io.fleetline.exact;

import io.fleetline.backend.StreamRecordReader;
import io.fleetline.backend.UnknownRecordVersionException;
import io.fleetline.backend.filter.Alarm;
import io.fleetline.backend.filter.DeviceFilter;
import io.fleetline.backend.filter.FilterLimits;
import io.fleetline.backend.filter.FilterOutput;
import io.fleetline.backend.filter.FilterStart;
import io.fleetline.backend.filter.IgnoreReason;
import io.fleetline.backend.filter.StreamRecord;
import io.fleetline.protocol.DeviceId;
import io.fleetline.protocol.Item;
import io.fleetline.protocol.RecordPosition;
import io.fleetline.protocol.cbor.RecordHeaderCodec;
import io.fleetline.protocol.cbor.RecordHeaderException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The stream filter of one partition as a processor of Kafka Streams: what it knows stands in two state stores, which
 * change in the transaction in which the records that it sets free are written.
 */
final class ExactProcessor implements Processor<byte[], byte[], byte[], byte[]> {
    private static final Logger LOG = LoggerFactory.getLogger(ExactStage.class);
    private static final Duration CLEANING_INTERVAL = Duration.ofMinutes(1);

    /** At so many devices a cleaning looks: it holds up the partition for as long. */
    private static final int CLEANED_AT_ONCE = 1_000;

    private final String topic;
    private final boolean gaps;
    private final FilterLimits limits;
    private final ExactMetrics metrics;
    private final StreamRecordReader reader = new StreamRecordReader();
    private @Nullable Task task;

    /**
     * For a partition of a topic.
     *
     * @param gaps whether gaps are written too
     */
    ExactProcessor(String topic, boolean gaps, FilterLimits limits, ExactMetrics metrics) {
        this.topic = topic;
        this.gaps = gaps;
        this.limits = limits;
        this.metrics = metrics;
    }

    static String filtersStore(String topic) {
        return "filters-" + topic;
    }

    static String heldStore(String topic) {
        return "held-" + topic;
    }

    /** Begins anew with what the stores say: also after a transaction that was aborted, with the same object. */
    @Override
    public void init(ProcessorContext<byte[], byte[]> context) {
        close();
        Task begun = new Task(context);
        task = begun;
        context.schedule(CLEANING_INTERVAL, PunctuationType.WALL_CLOCK_TIME, now -> begun.clean());
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        Task running = task;
        if (running == null) {
            throw new IllegalStateException("the processor of " + topic + " was not begun");
        }
        running.process(record);
    }

    @Override
    public void close() {
        Task ended = task;
        task = null;
        if (ended != null) {
            metrics.remove(ended.held);
        }
    }

    /** From one beginning of the partition to its end. */
    private final class Task implements FilterOutput<SourceRecord> {
        private final ProcessorContext<byte[], byte[]> context;
        private final StoredFilters filters;
        private final HeldRecords records;
        private final HeldStreams held = new HeldStreams();
        private Optional<FilterStart> start;

        Task(ProcessorContext<byte[], byte[]> context) {
            this.context = context;
            KeyValueStore<Bytes, byte[]> states = context.getStateStore(filtersStore(topic));
            KeyValueStore<Bytes, byte[]> heldRecords = context.getStateStore(heldStore(topic));
            int partition = context.taskId().partition();
            this.filters = new StoredFilters(states, limits);
            this.records = new HeldRecords(heldRecords, new TopicPartition(topic, partition));
            this.start = filters.start();
            records.recount((timestamp, key) -> held.holds(reader.device(key), timestamp));
            held.records(records.count());
            metrics.add(held);
        }

        void process(Record<byte[], byte[]> record) {
            RecordMetadata metadata = context.recordMetadata()
                    .orElseThrow(() -> new IllegalStateException("a record of " + topic + " without an offset"));
            SourceRecord source = SourceRecord.passing(metadata.offset(), record);
            Optional<StreamRecord<SourceRecord>> read;
            DeviceId device;
            try {
                read = reader.read(record.headers(), record.value(), record.timestamp(), source);
                if (read.isEmpty()) {
                    metrics.stranger();
                    context.forward(record);
                    return;
                }
                device = reader.device(record.key());
            } catch (RecordHeaderException | IllegalArgumentException e) {
                unreadable(metadata, e);
                return;
            }
            accept(device, read.get(), begin(record, metadata.offset()));
        }

        private FilterStart begin(Record<byte[], byte[]> record, long offset) {
            FilterStart begun = start.orElse(null);
            if (begun == null) {
                begun = offset == 0
                        ? FilterStart.whole()
                        : FilterStart.atFirstRecord().settledBy(record.timestamp());
                filters.begin(begun);
                start = Optional.of(begun);
            }
            return begun;
        }

        private void accept(DeviceId device, StreamRecord<SourceRecord> record, FilterStart begun) {
            metrics.accepted();
            DeviceFilter<SourceRecord> filter = filters.of(device);
            filter.accept(record, begun, this);
            SourceRecord source = record.payload();
            Record<byte[], byte[]> atHand = source.record();
            if (source.place() == SourceRecord.Place.PASSING && !record.isGap() && atHand != null) {
                records.put(source.offset(), atHand);
                source.hold();
            }
            filters.store(filter);
            held.sees(record.timestampMillis());
            if (filter.holdsSomething()) {
                held.holds(device, record.timestampMillis());
            } else {
                held.holdsNothing(device);
            }
            held.records(records.count());
        }

        private void unreadable(RecordMetadata metadata, Exception reason) {
            String where = "record " + topic + "-" + metadata.partition() + "@" + metadata.offset();
            if (reason instanceof RecordHeaderException header
                    && header.kind() == RecordHeaderException.Kind.UNKNOWN_VERSION) {
                throw new UnknownRecordVersionException(where + ": " + reason.getMessage());
            }
            metrics.unreadable();
            LOG.warn("{} is unreadable and goes no further: {}", where, reason.getMessage());
        }

        @Override
        public void event(DeviceId device, StreamRecord<SourceRecord> record) {
            SourceRecord source = record.payload();
            Record<byte[], byte[]> atHand = source.record();
            Record<byte[], byte[]> event = atHand == null ? records.take(source.offset()) : atHand;
            source.finish();
            metrics.event();
            context.forward(event);
        }

        @Override
        public void gap(DeviceId device, StreamRecord<SourceRecord> record, long from, long to) {
            metrics.gap();
            if (gaps) {
                context.forward(gapRecord(device, record, from, to));
            }
        }

        @Override
        public void ignored(DeviceId device, StreamRecord<SourceRecord> record, IgnoreReason reason) {
            SourceRecord source = record.payload();
            if (source.place() == SourceRecord.Place.HELD && !record.isGap()) {
                records.drop(source.offset());
            }
            source.finish();
            metrics.ignored();
        }

        @Override
        public void alarm(Alarm alarm) {
            metrics.alarm(alarm);
            held.alarm(alarm);
        }

        void clean() {
            held.endOfAlarmMinute();
            int cleaned = filters.clean(held.newestMillis(), CLEANED_AT_ONCE);
            if (cleaned > 0) {
                LOG.debug("forgot or noted superseded stores of {} devices in {}", cleaned, context.taskId());
            }
        }
    }

    /** A gap, or the part of it that was delivered, as nodes write it. */
    private static Record<byte[], byte[]> gapRecord(
            DeviceId device, StreamRecord<SourceRecord> record, long from, long to) {
        RecordPosition at = record.position();
        RecordPosition position = new RecordPosition(
                at.lane(),
                at.store(),
                at.run(),
                at.order(),
                at.first(),
                from,
                at.acked(),
                at.timeMillis(),
                at.clockQuality(),
                at.before());
        Item.Gap range = new Item.Gap(to, record.gap().orElseThrow().reason());
        Headers headers = new RecordHeaders()
                .add(io.fleetline.protocol.RecordHeaders.POSITION, RecordHeaderCodec.encode(position))
                .add(io.fleetline.protocol.RecordHeaders.GAP, RecordHeaderCodec.encode(range));
        return noValue(device.toString().getBytes(StandardCharsets.UTF_8), record.timestampMillis(), headers);
    }

    @SuppressWarnings("NullAway") // a record without a value
    private static Record<byte[], byte[]> noValue(byte[] key, long timestampMillis, Headers headers) {
        return new Record<>(key, null, timestampMillis, headers);
    }
}
