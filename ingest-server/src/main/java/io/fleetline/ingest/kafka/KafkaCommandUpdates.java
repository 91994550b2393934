package io.fleetline.ingest.kafka;

import io.fleetline.ingest.command.CommandUpdates;
import io.fleetline.ingest.time.NodeTime;
import io.fleetline.protocol.CommandState;
import io.fleetline.protocol.DeviceId;
import io.fleetline.protocol.RecordHeaders;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes what this node did with a command among the command updates. */
final class KafkaCommandUpdates implements CommandUpdates {
    private static final Logger LOG = LoggerFactory.getLogger(KafkaCommandUpdates.class);

    private final KafkaEventSink sink;
    private final NodeTime time;
    private final String topic;

    /** What it writes goes the way of the devices' outcomes, so that a command is SENT before it is anything later. */
    KafkaCommandUpdates(KafkaEventSink sink, NodeTime time, String topic) {
        this.sink = sink;
        this.time = time;
        this.topic = topic;
    }

    @Override
    public void write(DeviceId device, String commandId, CommandState state) {
        byte[] key = device.toString().getBytes(StandardCharsets.UTF_8);
        int partition = sink.partition(key);
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(
                topic,
                partition,
                time.unixMillis(),
                key,
                null,
                List.of(header(RecordHeaders.COMMAND_ID, commandId), header(RecordHeaders.STATUS, state.name())));
        try {
            Future<RecordMetadata> unused = sink.producer(partition).send(record, (metadata, exception) -> {
                if (exception != null) {
                    report(device, commandId, state, exception);
                }
            });
        } catch (RuntimeException e) {
            report(device, commandId, state, e);
        }
    }

    private static void report(DeviceId device, String commandId, CommandState state, Exception cause) {
        LOG.warn("that command {} of {} is {} could not be written: {}", commandId, device, state, cause.toString());
    }

    private static RecordHeader header(String name, String text) {
        return new RecordHeader(name, text.getBytes(StandardCharsets.UTF_8));
    }
}
