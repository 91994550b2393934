package io.fleetline.system.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetline.system.delivery.Coverage.Seen;
import io.fleetline.testkit.Seeds;
import org.junit.jupiter.api.Test;

/**
 * The promise of docs/delivery.md, checked on histories of the real device core, the real sessions and intake, and the real
 * filter, around a model of Kafka. The same histories each time, from seed 1 on, so that a change is what makes a
 * difference; {@link LongDeliveryTest} plays others.
 */
class DeliveryTest {
    private static final int HISTORIES = Integer.getInteger("fleetline.histories", 2_016);

    /** Histories of {@link LongDeliveryTest} in which a rule once fell, or the judge asked for more than is promised. */
    private static final long[] FOUND = {
        1_795_824_055_592_914L,
        1_795_824_055_591_178L,
        1_795_824_055_597_738L,
        1_795_824_055_598_281L,
        1_795_824_055_574_156L,
        1_795_824_055_585_583L,
        1_795_824_055_574_716L,
        1_795_824_055_598_433L,
        1_795_834_900_032_806L,
        1_795_834_900_050_730L,
        1_795_834_900_058_815L,
        1_795_910_000_004_771L,
        1_796_000_000_087_564L,
        1_796_000_000_130_765L,
        1_796_000_000_731_805L,
        1_796_000_000_548_738L,
        1_796_000_000_618_094L,
        1_796_000_000_364_225L,
        1_796_000_000_386_653L,
        1_796_000_000_810_099L,
        1_796_000_000_622_484L,
        1_797_100_000_019_989L,
        1_797_100_000_451_273L,
        1_797_100_000_559_871L,
        2_457,
        3_799,
        11_751,
        11_863,
        1_799_000_000_524_935L,
        1_799_000_000_429_838L,
        1_801_000_000_261_054L,
        1_803_000_000_923_805L
    };

    @Test
    void thePromiseHoldsInEveryHistory() {
        Checker checker = new Checker();
        String one = System.getProperty(Seeds.PROPERTY);
        if (one != null) {
            checker.play(Long.parseLong(one));
            return;
        }
        for (long seed = 1; seed <= HISTORIES; seed++) {
            checker.play(seed);
        }
        for (long seed : FOUND) {
            checker.play(seed);
        }
        System.out.println(checker.coverage());
        if (HISTORIES >= 2_000) {
            for (Seen each : Seen.values()) {
                assertThat(checker.coverage().of(each)).as("how often %s", each).isPositive();
            }
        }
    }
}
