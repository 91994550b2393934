package io.fleetline.examples.jackson;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.fleetline.device.Event;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JacksonEncoderTest {
    record Reading(double celsius, List<Integer> samples) {}

    @Test
    void aRecordBecomesTheBodyOfAnEvent() {
        Event event = Event.of("reading", new Reading(21.5, List.of(3, 4)), new JacksonEncoder<>());
        assertThat(event.body().asMap()).isEqualTo(Map.of("celsius", 21.5, "samples", List.of(3L, 4L)));
    }

    @Test
    void whatJacksonCannotWriteIsTheCallersMistake() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new JacksonEncoder<>().encode(new Object()))
                .withMessageContaining("cannot encode class java.lang.Object");
    }
}
