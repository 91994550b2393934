package io.fleetline.backend.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fleetline.protocol.ClockQuality;
import io.fleetline.protocol.GapReason;
import io.fleetline.protocol.Item;
import io.fleetline.protocol.Lane;
import io.fleetline.protocol.RecordPosition;
import io.fleetline.protocol.cbor.RecordHeaderCodec;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

final class EventTimeExtractorTest {
    private static final long RECORD = 1_700_000_000_000L;
    private static final long MINUTE = 60_000;

    private final EventTimeExtractor extractor = new EventTimeExtractor();

    private static Headers at(long eventMillis, ClockQuality quality) {
        return new RecordHeaders()
                .add(
                        "fl",
                        RecordHeaderCodec.encode(new RecordPosition(
                                Lane.NORMAL, 1, 2, 3, 1, 7, 5, eventMillis, quality, OptionalLong.empty())));
    }

    private long extract(Headers headers) {
        return extractor.extract(
                new ConsumerRecord<>(
                        "t", 0, 0, RECORD, TimestampType.CREATE_TIME, 0, 0, "k", "v", headers, Optional.empty()),
                RECORD);
    }

    @Test
    void theTimeIsTheDevicesHoweverLateTheEventComes() {
        assertThat(extract(at(RECORD - 24 * 60 * MINUTE, ClockQuality.SERVER_SYNCHRONISED)))
                .isEqualTo(RECORD - 24 * 60 * MINUTE);
        assertThat(extract(at(RECORD + 5 * MINUTE, ClockQuality.DEVICE))).isEqualTo(RECORD + 5 * MINUTE);
    }

    @Test
    void aClockThatIsAheadOrUnknownIsNotBelieved() {
        assertThat(extract(at(RECORD + 5 * MINUTE + 1, ClockQuality.DEVICE))).isEqualTo(RECORD);
        assertThat(extract(at(RECORD - 1, ClockQuality.UNKNOWN))).isEqualTo(RECORD);
    }

    @Test
    void gapsStrangersAndSpoiltHeadersHaveTheRecordsTime() {
        Headers gap =
                at(0, ClockQuality.UNKNOWN).add("gap", RecordHeaderCodec.encode(new Item.Gap(9, GapReason.OVERFLOW)));
        assertThat(extract(gap)).isEqualTo(RECORD);
        assertThat(extract(new RecordHeaders())).isEqualTo(RECORD);
        assertThat(extract(new RecordHeaders().add("fl", new byte[] {1}))).isEqualTo(RECORD);
    }

    @Test
    void howFarAheadIsBelievedCanBeSet() {
        extractor.configure(Map.of(EventTimeExtractor.MOST_AHEAD, "PT10S"));
        assertThat(extract(at(RECORD + 10_000, ClockQuality.DEVICE))).isEqualTo(RECORD + 10_000);
        assertThat(extract(at(RECORD + 10_001, ClockQuality.DEVICE))).isEqualTo(RECORD);
        assertThatThrownBy(() -> extractor.configure(Map.of(EventTimeExtractor.MOST_AHEAD, "10s")))
                .hasMessageContaining("not a duration such as PT5M");
        assertThatThrownBy(() -> new EventTimeExtractor(Duration.ofSeconds(-1))).hasMessageContaining("negative");
    }
}
