package io.fleetline.backend;

import io.fleetline.backend.filter.Alarm;
import io.fleetline.backend.filter.StreamRecord;
import io.fleetline.protocol.DeviceId;
import io.fleetline.protocol.Item;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Gathers what the filters of all partitions set free into the next batch. */
final class BatchCollector implements PartitionReading.Collector {
    private final boolean wantsGaps;
    private final Consumer<UnreadableRecord> onUnreadable;
    private List<Delivery> deliveries = new ArrayList<>();
    private List<Alarm> alarms = new ArrayList<>();
    private long strangers;
    private long unreadable;

    BatchCollector(boolean wantsGaps, Consumer<UnreadableRecord> onUnreadable) {
        this.wantsGaps = wantsGaps;
        this.onUnreadable = onUnreadable;
    }

    EventBatch take() {
        EventBatch batch = new EventBatch(deliveries, alarms);
        discard();
        return batch;
    }

    void discard() {
        deliveries = new ArrayList<>();
        alarms = new ArrayList<>();
    }

    long strangers() {
        return strangers;
    }

    long unreadable() {
        return unreadable;
    }

    @Override
    public void event(DeviceId device, StreamRecord<ConsumerRecord<byte[], byte[]>> record) {
        deliveries.add(new Event(device, record.position(), record.payload()));
    }

    @Override
    public void gap(DeviceId device, StreamRecord<ConsumerRecord<byte[], byte[]>> record, long from, long to) {
        if (wantsGaps) {
            ConsumerRecord<byte[], byte[]> kafka = record.payload();
            Item.Gap gap = record.gap().orElseThrow();
            deliveries.add(new Gap(
                    device,
                    record.position(),
                    from,
                    to,
                    gap.reason(),
                    Instant.ofEpochMilli(record.timestampMillis()),
                    kafka.topic(),
                    kafka.partition(),
                    kafka.offset()));
        }
    }

    @Override
    public void alarm(Alarm alarm) {
        alarms.add(alarm);
    }

    @Override
    public void stranger(ConsumerRecord<byte[], byte[]> record) {
        strangers++;
        deliveries.add(new Stranger(record));
    }

    @Override
    public void unreadable(ConsumerRecord<byte[], byte[]> record, String reason) {
        unreadable++;
        onUnreadable.accept(new UnreadableRecord(record, reason));
    }
}
