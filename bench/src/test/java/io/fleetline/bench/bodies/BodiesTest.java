package io.fleetline.bench.bodies;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import io.fleetline.protocol.cbor.BodyWalk;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BodiesTest {
    private static final long SEED = 11;

    @ParameterizedTest
    @EnumSource
    void everyBodyIsAcceptableAndOfAboutAHundredBytes(Bodies bodies) throws Exception {
        Random random = new Random(SEED);
        BodyWalk walk = new BodyWalk();
        for (int i = 0; i < 1_000; i++) {
            byte[] body = bodies.write(random);
            assertThat(body.length).isBetween(90, 110);
            assertThat(walk.walk(body, 0, body.length)).isEqualTo(body.length);
            assertThat(walk.fault()).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"JACKSON", "CBOR_X", "CBOR2"})
    void aMapHasSevenReadings(Bodies bodies) throws Exception {
        JsonNode map = new ObjectMapper(new CBORFactory()).readTree(bodies.write(new Random(SEED)));
        assertThat(map).hasSize(7);
        assertThat(map.get("temperature").isDouble()).isTrue();
        assertThat(map.get("rssi").asLong()).isNegative();
        assertThat(map.get("ok").isBoolean()).isTrue();
    }

    @Test
    void cborXMakesAllMapsOfOneSize() {
        Random random = new Random(SEED);
        for (int i = 0; i < 1_000; i++) {
            assertThat(Bodies.CBOR_X.write(random)).hasSize(100);
        }
    }

    @Test
    void aSenMlPackHasFourRecordsOfWhichTheFirstNamesTheDevice() throws Exception {
        JsonNode pack = new ObjectMapper(new CBORFactory()).readTree(Bodies.SENML.write(new Random(SEED)));
        assertThat(pack).hasSize(4);
        assertThat(pack.get(0).get("-2").asText()).startsWith("urn:dev:mac:");
        assertThat(pack.get(0).get("2").isFloat()).isTrue();
    }
}
