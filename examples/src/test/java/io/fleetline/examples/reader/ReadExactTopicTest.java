package io.fleetline.examples.reader;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetline.backend.serde.EventSerdes;
import io.fleetline.backend.serde.EventValue;
import io.fleetline.protocol.DeviceId;
import io.fleetline.protocol.GapReason;
import io.fleetline.protocol.Item;
import io.fleetline.protocol.Topics;
import io.fleetline.protocol.cbor.BodyCodec;
import io.fleetline.protocol.cbor.RecordHeaderCodec;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

final class ReadExactTopicTest {
    private static final TopicPartition PARTITION = new TopicPartition(Topics.EVENTS_EXACT, 0);

    @Test
    void eventsArePrintedGapsAreNotAndThePositionIsCommitted() {
        MockConsumer<DeviceId, EventValue> consumer = new MockConsumer<>("earliest");
        consumer.updateBeginningOffsets(Map.of(PARTITION, 0L));
        consumer.schedulePollTask(() -> {
            consumer.rebalance(List.of(PARTITION));
            consumer.addRecord(record(
                    0,
                    new RecordHeaders().add("channel", "host/load".getBytes(StandardCharsets.UTF_8)),
                    BodyCodec.encode(Map.of("one", 0.5)).toByteArray()));
            consumer.addRecord(record(
                    1,
                    new RecordHeaders().add("gap", RecordHeaderCodec.encode(new Item.Gap(3, GapReason.EXPIRED))),
                    null));
        });
        StringBuilder out = new StringBuilder();
        int[] polls = {0};
        ReadExactTopic.read(consumer, out, () -> polls[0]++ < 2);
        assertThat(out).hasToString("demo/host host/load {\"one\":0.5}\n");
        assertThat(consumer.committed(java.util.Set.of(PARTITION))
                        .get(PARTITION)
                        .offset())
                .isEqualTo(2);
    }

    private static ConsumerRecord<DeviceId, EventValue> record(long offset, Headers headers, byte[] value) {
        return new ConsumerRecord<>(
                PARTITION.topic(),
                0,
                offset,
                0,
                TimestampType.CREATE_TIME,
                0,
                0,
                DeviceId.parse("demo/host"),
                EventSerdes.event().deserializer().deserialize(PARTITION.topic(), headers, value),
                headers,
                Optional.empty());
    }
}
