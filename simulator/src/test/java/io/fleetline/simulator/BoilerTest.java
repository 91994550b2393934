package io.fleetline.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fleetline.protocol.Lane;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class BoilerTest {
    @Test
    void theSameSeedMakesTheSameBoiler() {
        assertThat(steps(new Boiler(new Random(7)), 100)).isEqualTo(steps(new Boiler(new Random(7)), 100));
        assertThat(steps(new Boiler(new Random(7)), 100)).isNotEqualTo(steps(new Boiler(new Random(8)), 100));
    }

    @Test
    void everyStepReadsTheWaterAndEveryTenthSumsUp() {
        List<Boiler.Reading> readings = steps(new Boiler(new Random(1)), 100);

        assertThat(on(readings, Lane.NORMAL)).hasSize(100);
        assertThat(on(readings, Lane.BACKFILL)).hasSize(10);
    }

    @Test
    void theWaterFollowsTheTarget() {
        Boiler boiler = new Boiler(new Random(1));
        boiler.setTarget(80);
        steps(boiler, 50);

        assertThat(on(steps(boiler, 100), Lane.NORMAL))
                .allSatisfy(reading ->
                        assertThat((double) reading.body().get("celsius")).isBetween(68.0, 92.0));
    }

    @Test
    void alarmsComeAndGoInTurn() {
        List<Boiler.Reading> alarms = on(steps(new Boiler(new Random(1)), 5000), Lane.URGENT);

        assertThat(alarms).hasSizeGreaterThan(2);
        for (int i = 0; i < alarms.size(); i++) {
            assertThat(alarms.get(i).body()).containsEntry("tooHot", i % 2 == 0);
        }
    }

    @Test
    void aTargetOutsideItsRangeIsRefused() {
        Boiler boiler = new Boiler(new Random(1));
        boiler.setTarget(20);
        boiler.setTarget(90);

        assertThatThrownBy(() -> boiler.setTarget(90.1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("celsius is 90.1, not within 20.0 to 90.0");
        assertThatThrownBy(() -> boiler.setTarget(Double.NaN)).isInstanceOf(IllegalArgumentException.class);
        assertThat(boiler.target()).isEqualTo(90);
    }

    private static List<Boiler.Reading> steps(Boiler boiler, int count) {
        return Stream.generate(boiler::step).limit(count).flatMap(List::stream).toList();
    }

    private static List<Boiler.Reading> on(List<Boiler.Reading> readings, Lane lane) {
        return readings.stream().filter(reading -> reading.lane() == lane).toList();
    }
}
