package io.fleetline.cli.deadletters;

import io.fleetline.cli.terminal.CliFailure;
import io.fleetline.protocol.RecordHeaders;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Brings dead letters back among the events: the same key, so the same partition, and what the device said of them, but no
 * place in its stream, where a gap stands for them by now. Used by one thread.
 */
public final class Replay implements AutoCloseable {
    /** When it happened by the device's clock, which the header {@code fl} would say otherwise; as nodes write it too. */
    public static final String TIME = "fl-time";

    private static final List<String> KEPT =
            List.of(RecordHeaders.CHANNEL, RecordHeaders.SOURCE, RecordHeaders.CONTENT_TYPE, RecordHeaders.TRACEPARENT);

    private final KafkaProducer<byte[], byte[]> producer;
    private final String topic;
    private final boolean json;

    /**
     * Into this topic.
     *
     * @param settings Kafka's, with the bootstrap servers
     * @param json whether bodies become JSON, as they do where nodes store events so
     */
    public Replay(Map<String, Object> settings, String topic, boolean json) {
        Map<String, Object> all = new HashMap<>(settings);
        all.put("acks", "all");
        all.put("enable.idempotence", "true");
        this.producer = new KafkaProducer<>(all, new ByteArraySerializer(), new ByteArraySerializer());
        this.topic = topic;
        this.json = json;
    }

    /**
     * Writes the letter as a record.
     *
     * @return where it is now
     * @throws IllegalArgumentException if it cannot be an event; says why
     * @throws CliFailure if there is no topic to write to
     * @throws ExecutionException if Kafka did not take it; it may be there all the same
     */
    public RecordMetadata replay(DeadLetter letter) throws ExecutionException, InterruptedException {
        try {
            return producer.send(record(letter)).get();
        } catch (ExecutionException e) {
            if (saysThatThereIsNone(e)) {
                throw new CliFailure("there is no topic " + topic, e);
            }
            throw e;
        }
    }

    private static boolean saysThatThereIsNone(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof UnknownTopicOrPartitionException) {
                return true;
            }
        }
        return false;
    }

    private ProducerRecord<byte[], byte[]> record(DeadLetter letter) {
        if (!letter.isEvent()) {
            throw new IllegalArgumentException(
                    "it has no channel: it is the outcome of a command, or no node wrote it");
        }
        List<Header> headers = new ArrayList<>();
        for (String name : KEPT) {
            letter.text(name).ifPresent(text -> headers.add(header(name, text)));
        }
        letter.position()
                .ifPresent(position -> headers.add(
                        header(TIME, Instant.ofEpochMilli(position.timeMillis()).toString())));
        headers.add(header(RecordHeaders.REPLAY_OF, letter.record().topic() + ":" + letter.place()));
        return new ProducerRecord<>(topic, null, letter.record().key(), value(letter, headers), headers);
    }

    private byte[] value(DeadLetter letter, List<Header> headers) {
        if (!json || letter.text(RecordHeaders.CONTENT_TYPE).isPresent()) {
            return letter.bytes();
        }
        String text = letter.json().orElseThrow(() -> new IllegalArgumentException("its body is not CBOR"));
        headers.add(header(RecordHeaders.CONTENT_TYPE, "application/json"));
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static Header header(String name, String text) {
        return new RecordHeader(name, text.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void close() {
        producer.close();
    }
}
