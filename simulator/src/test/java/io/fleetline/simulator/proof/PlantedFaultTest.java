package io.fleetline.simulator.proof;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import io.fleetline.device.OutboxMode;
import io.fleetline.device.Receipt;
import io.fleetline.protocol.DeviceId;
import io.fleetline.protocol.Lane;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlantedFaultTest {
    private static final DeviceId HOST = DeviceId.parse("demo/host");
    private static final CBORFactory CBOR = new CBORFactory();

    @TempDir
    private Path directory;

    private Journal journal;
    private final List<CopiedRecord> partition = new ArrayList<>();

    @BeforeEach
    void beginAJournal() throws IOException {
        journal = Journal.create(directory.resolve("journal"));
        journal.began(HOST, 0);
    }

    @Test
    void aDroppedEventIsMissing() throws IOException {
        stored(1, 1);
        stored(2, 2);

        assertThat(kindsAfter(PlantedFault.DROP)).containsExactly(Fault.Kind.MISSING);
    }

    @Test
    void itsRepeatsAreDroppedWithIt() throws IOException {
        stored(1, 1);
        partition.add(partition.get(0));

        assertThat(kindsAfter(PlantedFault.DROP)).containsExactly(Fault.Kind.MISSING);
    }

    @Test
    void aDoubledEventIsThereUnderTwoNumbers() throws IOException {
        stored(1, 1);
        stored(2, 2);

        assertThat(kindsAfter(PlantedFault.DOUBLE)).containsExactly(Fault.Kind.DOUBLED);
    }

    @Test
    void swappedEventsAreOutOfOrder() throws IOException {
        stored(1, 1);
        stored(2, 2);
        partition.add(partition.get(0));

        // Each stands under the number of the other's receipt, too.
        assertThat(kindsAfter(PlantedFault.SWAP))
                .containsExactlyInAnyOrder(Fault.Kind.OUT_OF_ORDER, Fault.Kind.MISPLACED, Fault.Kind.MISPLACED);
    }

    @Test
    void whatHasNoReceiptIsNotWorthSpoiling() throws IOException {
        journal.published(HOST, 1, Lane.NORMAL);
        partition.add(record(1, 1));
        journal.close();
        JournalReading reading = JournalReading.read(directory.resolve("journal"));

        for (PlantedFault fault : PlantedFault.values()) {
            assertThat(fault.spoil(partition, reading)).as(fault.name()).isEmpty();
        }
    }

    @Test
    void whatIsNotAnEventOfOursIsCopiedAsItIs() throws IOException {
        stored(1, 1);
        CopiedRecord stranger = CopiedRecord.of(consumed(5, "else/where".getBytes(UTF_8), new byte[] {(byte) 0xff}));
        partition.add(stranger);
        journal.close();

        assertThat(PlantedFault.DROP
                        .spoil(partition, JournalReading.read(directory.resolve("journal")))
                        .orElseThrow()
                        .records())
                .containsExactly(stranger);
    }

    private List<Fault.Kind> kindsAfter(PlantedFault fault) throws IOException {
        journal.close();
        JournalReading reading = JournalReading.read(directory.resolve("journal"));
        assertThat(verdict(reading, partition).faults()).isEmpty();
        List<CopiedRecord> spoilt =
                fault.spoil(partition, reading).orElseThrow().records();
        return verdict(reading, spoilt).faults().stream().map(Fault::kind).toList();
    }

    private static Verdict verdict(JournalReading reading, List<CopiedRecord> records) throws IOException {
        JournalCheck check = new JournalCheck(reading);
        for (CopiedRecord record : records) {
            ProducerRecord<byte[], byte[]> written = record.toProduce(new TopicPartition("fleetline.events", 0));
            ConsumerRecord<byte[], byte[]> stored = consumed(0, written.key(), written.value());
            written.headers().forEach(stored.headers()::add);
            check.record(RecordBytes.read(stored));
        }
        return check.verdict();
    }

    private void stored(long counter, long seq) throws IOException {
        journal.published(HOST, counter, Lane.NORMAL);
        journal.stored(HOST, counter, new Receipt(Lane.NORMAL, 7, 8, seq, OutboxMode.MEMORY, Optional.empty()));
        partition.add(record(counter, seq));
    }

    private static CopiedRecord record(long counter, long seq) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        try (JsonGenerator generator = CBOR.createGenerator(body)) {
            generator.writeStartObject();
            generator.writeStringField("device", HOST.toString());
            generator.writeNumberField("counter", counter);
            generator.writeEndObject();
        }
        ByteArrayOutputStream position = new ByteArrayOutputStream();
        try (JsonGenerator generator = CBOR.createGenerator(position)) {
            generator.writeStartArray();
            for (long part : new long[] {1, 0, 7, 8, 1_795_262_400L, 1, seq, 0, 1_795_262_400_000L, 2}) {
                generator.writeNumber(part);
            }
            generator.writeEndArray();
        }
        ConsumerRecord<byte[], byte[]> record = consumed(seq, HOST.toString().getBytes(UTF_8), body.toByteArray());
        record.headers().add("fl", position.toByteArray());
        return CopiedRecord.of(record);
    }

    private static ConsumerRecord<byte[], byte[]> consumed(long offset, byte[] key, byte[] value) {
        return new ConsumerRecord<>(
                "fleetline.events",
                0,
                offset,
                1_795_262_400_000L,
                TimestampType.CREATE_TIME,
                key.length,
                value.length,
                key,
                value,
                new RecordHeaders(),
                Optional.empty());
    }
}
