package io.fleetline.system.delivery;

import io.fleetline.backend.StreamRecordReader;
import io.fleetline.backend.filter.StreamRecord;
import io.fleetline.protocol.Payload;
import io.fleetline.protocol.Topics;
import io.fleetline.protocol.cbor.BodyCodec;
import io.fleetline.protocol.cbor.RecordHeaderException;
import io.fleetline.system.delivery.Coverage.Seen;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;

/** The one part that is not the real one: the partition that a device's events land in, and the topic of dead letters. */
final class ModelKafka {
    static final int PARTITION = 0;

    /** A record of the events topic, as any reader gets it. */
    record Landed(int offset, StreamRecord<Integer> read, long value) {
        String key() {
            return read.position().lane() + "/" + read.position().store() + "/"
                    + read.position().run() + "/" + read.seq();
        }

        @Override
        public String toString() {
            return "@" + offset + " lane " + read.position().lane().number() + " store "
                    + Long.toHexString(read.position().store()) + " run "
                    + Long.toHexString(read.position().run()) + "."
                    + read.position().order() + " first " + read.position().first() + " acked "
                    + read.position().acked()
                    + (read.isGap()
                            ? " gap " + read.seq() + "-" + read.to() + " "
                                    + read.gap().orElseThrow().reason()
                            : " event " + read.seq() + " (value " + value + ")")
                    + (read.position().before().isPresent()
                            ? " before "
                                    + Long.toHexString(read.position().before().getAsLong())
                            : "");
        }
    }

    private final World world;
    private final StreamRecordReader reader = new StreamRecordReader();
    private final List<Landed> log = new ArrayList<>();
    /** How often each value stands in the log. */
    private final Map<Long, Integer> stored = new HashMap<>();

    private int deadLetters;

    /** Until when no broker answers. */
    private long awayUntilNanos;

    private int failing;

    ModelKafka(World world) {
        this.world = world;
    }

    List<Landed> log() {
        return log;
    }

    boolean holds(long value) {
        return stored.containsKey(value);
    }

    void goAway(long nanos) {
        awayUntilNanos = world.time.nanos() + nanos;
        world.count(Seen.KAFKA_OUTAGES);
        world.tell("kafka", () -> "away for " + nanos / 1_000_000 + " ms");
    }

    /** The next so many batches fail, whoever sends them. */
    void failNext(int batches) {
        failing = batches;
    }

    /** Whether a batch fails for that. */
    boolean failsNow() {
        return failing > 0 && failing-- > 0;
    }

    long awayUntilNanos() {
        return awayUntilNanos;
    }

    void comeBack() {
        awayUntilNanos = 0;
        failing = 0;
    }

    /** Appends a record; returns its offset. */
    long land(ProducerRecord<byte[], byte[]> sent, String by) {
        if (!sent.topic().equals(Topics.EVENTS)) {
            world.count(Seen.DEAD_LETTERS);
            world.tell("kafka", () -> by + ": a dead letter");
            return deadLetters++;
        }
        int offset = log.size();
        StreamRecord<Integer> read;
        try {
            read = reader.<Integer>read(sent.headers(), sent.value(), sent.timestamp(), offset)
                    .orElseThrow();
        } catch (RecordHeaderException e) {
            throw new BrokenInvariant(Invariant.NO_BREACH_OF_PROTOCOL, "a record that cannot be read: " + e);
        }
        long value = sent.value() == null ? 0 : Event.value(BodyCodec.decode(Payload.wrap(sent.value())));
        Landed landed = new Landed(offset, read, value);
        log.add(landed);
        stored.merge(value, 1, Integer::sum);
        world.tell("kafka", () -> by + " " + landed);
        return offset;
    }
}
