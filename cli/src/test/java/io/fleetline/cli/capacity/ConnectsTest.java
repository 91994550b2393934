package io.fleetline.cli.capacity;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class ConnectsTest {
    private static Connects connects(long devices, long... connected) {
        Seen seen = new Seen().devices(devices, connected[connected.length - 1]);
        for (long now : connected) {
            seen.second("burst", now, 0, 0, 0);
        }
        return Connects.of(seen.measured());
    }

    @Test
    void theRateIsThatOfNineTenths() {
        assertThat(connects(1_000, 100, 400, 900, 901, 1_000))
                .isEqualTo(new Connects(1_000, OptionalDouble.of(300), 1_000));
    }

    @Test
    void betweenTwoLooksTheyComeEvenly() {
        // 800 after 2 s and 1,000 after 3 s: 900 after 2.5 s.
        assertThat(connects(1_000, 300, 800, 1_000).perSecond()).hasValue(360);
        assertThat(connects(1_000, 1_000).perSecond()).hasValue(1_000);
    }

    @Test
    void whoNeverComesLeavesTheRateUnknown() {
        assertThat(connects(1_000, 300, 800, 899)).isEqualTo(new Connects(1_000, OptionalDouble.empty(), 899));
    }
}
