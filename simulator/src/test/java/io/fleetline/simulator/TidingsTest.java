package io.fleetline.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetline.device.Body;
import io.fleetline.simulator.measure.Latencies;
import io.fleetline.simulator.measure.OwnLoad;
import io.fleetline.simulator.measure.Percentiles;
import io.fleetline.simulator.scenario.Scenario;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class TidingsTest {
    private static final Scenario SCENARIO = Scenario.parse("""
        name: told
        stages: [{name: all, for: 1s}]
        groups: [{name: pump, devices: 1}]
        """, "test", Path.of(""));

    @Test
    void whatAnotherProcessMeasuredIsAddedToItsOwnKind() throws Exception {
        Tidings tidings = new Tidings(
                1,
                2,
                3,
                4,
                5,
                Map.of("pump", took(10)),
                took(20),
                took(30),
                took(40),
                took(50),
                new OwnLoad.Look(0.5, 0.9, 7, 0.1, "loop", 0.2, Percentiles.NONE));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        tidings.write(new DataOutputStream(bytes));

        Tidings read = Tidings.read(new DataInputStream(new ByteArrayInputStream(bytes.toByteArray())));
        FleetMeters meters = new FleetMeters(SCENARIO);
        read.addTo(meters);

        assertThat(read).isEqualTo(tidings);
        assertThat(meters.due.sum()).isEqualTo(2);
        assertThat(meters.receipts.sum()).isEqualTo(3);
        assertThat(meters.dropped.sum()).isEqualTo(4);
        assertThat(meters.failures.sum()).isEqualTo(5);
        tookOnce(meters.ack, 10);
        tookOnce(meters.ackOf("pump"), 10);
        tookOnce(meters.handler, 20);
        tookOnce(meters.connect, 30);
        assertThat(meters.command.total()).isEqualTo(Percentiles.NONE);
    }

    @Test
    void aCommandOfTheRunSaysWhenItWasDueAndOthersDoNot() {
        Body body = Body.of(OrderMark.of("r1", 5_000_000));

        assertThat(OrderMark.dueNanos("r1", body)).isEqualTo(OptionalLong.of(5_000_000));
        assertThat(OrderMark.dueNanos("r2", body)).isEmpty();
        assertThat(OrderMark.dueNanos("r1", Body.of(Map.of("run", "r1")))).isEmpty();
        assertThat(OrderMark.dueNanos("r1", Body.of("r1"))).isEmpty();
        assertThat(OrderMark.dueNanos("r1", Body.EMPTY)).isEmpty();
    }

    private static ByteBuffer took(long millis) {
        Latencies latencies = new Latencies();
        latencies.record(millis * 1_000_000);
        var unused = latencies.look();
        return latencies.lastLook();
    }

    private static void tookOnce(Latencies latencies, long millis) {
        assertThat(latencies.total().count()).isEqualTo(1);
        assertThat(latencies.total().maxNanos() / 1e6).isBetween(0.99 * millis, 1.01 * millis);
    }
}
