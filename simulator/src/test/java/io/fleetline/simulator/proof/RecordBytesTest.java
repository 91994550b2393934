package io.fleetline.simulator.proof;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.HexFormat;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

/** Against bytes written out by hand from the record format, so that no encoder of ours vouches for itself. */
class RecordBytesTest {
    /** {@code [1, 0, 0xabc, 0xdef, 1795262400, 1, 7, 6, 1795262400123, 2]} */
    private static final String FL = "8a 01 00 19 0abc 19 0def 1a 6b01cfc0 01 07 06 1b 000001a1fe35847b 02";
    /** {@code {"device": "demo/host", "nested": {"counter": 1}, "counter": 42, "load1": 0.5}} */
    private static final String BODY =
            "a4 66 646576696365 69 64656d6f2f686f7374 66 6e6573746564 a1 67 636f756e746572 01"
                    + " 67 636f756e746572 18 2a 65 6c6f616431 f9 3800";

    @Test
    void anEventIsItsNumberAndItsMark() throws IOException {
        assertThat(RecordBytes.read(record(FL, null, BODY)))
                .isEqualTo(new StoredEvent(
                        3,
                        17,
                        "demo/host",
                        Optional.of(new StoredEvent.Place(new StreamNumber(0, 0xabc, 0xdef, 7), 0x6b01cfc0L)),
                        Optional.empty(),
                        Optional.of(new StoredEvent.Mark("demo/host", 42))));
    }

    @Test
    void aBodyMayBeJsonAndIsNotLookedIntoIfItIsNeither() throws IOException {
        byte[] body =
                "{\"device\":\"demo/host\",\"nested\":{\"counter\":1},\"counter\":42,\"load1\":0.5}".getBytes(UTF_8);
        ConsumerRecord<byte[], byte[]> record =
                new ConsumerRecord<>("fleetline.events", 3, 17, "demo/host".getBytes(UTF_8), body);
        record.headers().add("content-type", "application/json".getBytes(UTF_8));
        assertThat(RecordBytes.read(record).mark()).hasValue(new StoredEvent.Mark("demo/host", 42));

        record.headers().remove("content-type").add("content-type", "text/plain".getBytes(UTF_8));
        assertThat(RecordBytes.read(record).mark()).isEmpty();
    }

    @Test
    void aGapHasNoBody() throws IOException {
        StoredEvent gap = RecordBytes.read(record(FL, "82 19 0100 01", null));

        assertThat(gap.gapTo()).hasValue(256L);
        assertThat(gap.mark()).isEmpty();
    }

    @Test
    void aBodyThatIsNotAMapOrHasNoMarkBearsNone() throws IOException {
        assertThat(RecordBytes.read(record(FL, null, "18 2a")).mark()).isEmpty();
        assertThat(RecordBytes.read(record(FL, null, "a1 67 636f756e746572 01")).mark())
                .isEmpty();
    }

    @Test
    void aRecordWithoutTheHeaderHasNoPlace() throws IOException {
        assertThat(RecordBytes.read(record(null, null, BODY)).place()).isEmpty();
    }

    @Test
    void whatIsNotOfTheFormSaysWhy() {
        assertThatThrownBy(() -> RecordBytes.read(record("01", null, BODY)))
                .isInstanceOf(IOException.class)
                .hasMessage("its header fl is not an array");
        assertThatThrownBy(() -> RecordBytes.read(record("82 02 00", null, BODY)))
                .hasMessage("its header fl is of version 2");
        assertThatThrownBy(() -> RecordBytes.read(record("82 01 60", null, BODY)))
                .hasMessage("a header has something else where a number belongs");
        assertThatThrownBy(() -> RecordBytes.read(record(FL, null, "a2 66 64657669")))
                .isInstanceOf(IOException.class);
    }

    private static ConsumerRecord<byte[], byte[]> record(String fl, String gap, String body) {
        ConsumerRecord<byte[], byte[]> record =
                new ConsumerRecord<>("fleetline.events", 3, 17, "demo/host".getBytes(UTF_8), bytes(body));
        if (fl != null) {
            record.headers().add("fl", bytes(fl));
        }
        if (gap != null) {
            record.headers().add("gap", bytes(gap));
        }
        return record;
    }

    private static byte[] bytes(String hex) {
        return hex == null ? null : HexFormat.of().parseHex(hex.replace(" ", ""));
    }
}
