package io.fleetline.backend;

import io.fleetline.backend.filter.FilterCounts;
import io.fleetline.backend.filter.FilterLimits;
import io.fleetline.backend.filter.FilterOutput;
import io.fleetline.backend.filter.FilterStart;
import io.fleetline.backend.filter.StreamFilter;
import io.fleetline.backend.filter.StreamRecord;
import io.fleetline.protocol.DeviceId;
import io.fleetline.protocol.cbor.RecordHeaderException;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/** How far the reader is in one partition, and the filter that goes with it. */
final class PartitionReading {
    private final TopicPartition partition;
    private final FilterLimits limits;
    private final Collector collector;
    private final StreamRecordReader records = new StreamRecordReader();
    private StreamFilter<ConsumerRecord<byte[], byte[]>> filter;
    private long nextOffset;
    private long savedOffset;

    private PartitionReading(
            TopicPartition partition, FilterLimits limits, Collector collector, FilterStart start, long nextOffset) {
        this.partition = partition;
        this.limits = limits;
        this.collector = collector;
        this.nextOffset = nextOffset;
        this.savedOffset = PartitionProgress.NOTHING_SAVED;
        this.filter = filter(start);
    }

    /** A partition of which nothing is stored: from offset 0 on it is seen whole. */
    static PartitionReading from(long offset, TopicPartition partition, FilterLimits limits, Collector collector) {
        FilterStart start = offset == 0 ? FilterStart.whole() : FilterStart.atFirstRecord();
        return new PartitionReading(partition, limits, collector, start, offset);
    }

    /** A partition where the stored state leaves off. */
    static PartitionReading from(
            PartitionState stored, TopicPartition partition, FilterLimits limits, Collector collector) {
        PartitionReading reading =
                new PartitionReading(partition, limits, collector, stored.start(), stored.nextOffset());
        reading.savedOffset = stored.nextOffset();
        stored.devices().forEach(reading.filter::restore);
        return reading;
    }

    private StreamFilter<ConsumerRecord<byte[], byte[]>> filter(FilterStart start) {
        return new StreamFilter<>(start, limits, new HeldKafkaRecords(partition), collector);
    }

    TopicPartition partition() {
        return partition;
    }

    long nextOffset() {
        return nextOffset;
    }

    FilterCounts counts() {
        return filter.counts();
    }

    /** Whether it is not known yet since when the reader joins: the record before its first one would tell. */
    boolean wantsRecordBefore() {
        return !filter.start().isWhole() && filter.start().sinceMillis().isEmpty();
    }

    /** @throws UnknownRecordVersionException if only a newer reader can go on; the record counts as not seen */
    void accept(ConsumerRecord<byte[], byte[]> record) {
        if (record.offset() < nextOffset) {
            if (wantsRecordBefore()) {
                filter = filter(FilterStart.after(record.timestamp()));
            }
            return;
        }
        Optional<StreamRecord<ConsumerRecord<byte[], byte[]>>> read;
        DeviceId device;
        try {
            read = records.read(record.headers(), record.value(), record.timestamp(), record);
            if (read.isEmpty()) {
                collector.stranger(record);
                nextOffset = record.offset() + 1;
                return;
            }
            device = records.device(record.key());
        } catch (RecordHeaderException e) {
            if (e.kind() == RecordHeaderException.Kind.UNKNOWN_VERSION) {
                throw new UnknownRecordVersionException(
                        "record " + partition + "@" + record.offset() + ": " + e.getMessage());
            }
            unreadable(record, e);
            return;
        } catch (IllegalArgumentException e) {
            unreadable(record, e);
            return;
        }
        nextOffset = record.offset() + 1;
        filter.accept(device, read.get());
    }

    private void unreadable(ConsumerRecord<byte[], byte[]> record, Exception reason) {
        nextOffset = record.offset() + 1;
        collector.unreadable(record, String.valueOf(reason.getMessage()));
    }

    /** What is to be saved, if anything. */
    Optional<PartitionProgress> progress() {
        return nextOffset == savedOffset
                ? Optional.empty()
                : Optional.of(new PartitionProgress(
                        partition, savedOffset, nextOffset, filter.start(), filter.takeChanges(), filter::states));
    }

    void saved(PartitionProgress progress) {
        savedOffset = progress.nextOffset();
    }

    /** Where the deliveries of all partitions come together. */
    interface Collector extends FilterOutput<ConsumerRecord<byte[], byte[]>> {
        void stranger(ConsumerRecord<byte[], byte[]> record);

        void unreadable(ConsumerRecord<byte[], byte[]> record, String reason);
    }
}
