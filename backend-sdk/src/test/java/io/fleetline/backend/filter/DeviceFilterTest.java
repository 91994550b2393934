package io.fleetline.backend.filter;

import static io.fleetline.backend.filter.TestRun.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fleetline.protocol.DeviceId;
import io.fleetline.protocol.Lane;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The stored form of a device's state. */
class DeviceFilterTest {
    private final FilterProbe probe = FilterProbe.ofTheWholeTopic();

    private static DeviceFilter<String> decode(byte[] state, FilterLimits limits) {
        return DeviceFilter.decode(FilterProbe.DEVICE, limits, state, FilterProbe.CODEC);
    }

    private static DeviceFilter<String> decode(byte[] state) {
        return decode(state, FilterLimits.DEFAULT);
    }

    /** A state with everything in it: two stores, two lanes, takeovers, held events and gaps, runs aside. */
    private byte[] richState() {
        TestRun a = run('a', 100, 1);
        TestRun b = run('b', 101, 3).after(a);
        TestRun c = run('c', 102, 6);
        TestRun other = run('o', 50, 2).onLane(Lane.BACKFILL);
        TestRun wiped = run('w', 200, 1).inStore(77);
        probe.reads(a.event(1, 0), a.event(2, 0), b.event(3, 0), b.event(5, 0), b.gap(6, 9, 0), c.event(6, 2));
        probe.reads(run('p', 90, 3).event(4, 0), other.event(9, 0), other.gap(11, 12, 1), wiped.event(2, 0));
        return probe.filter().states().get(0).bytes();
    }

    @Test
    void aRestoredFilterIsEncodedAsTheOneItWasTakenFrom() {
        byte[] state = richState();
        DeviceFilter<String> restored = decode(state);
        assertThat(restored.encode(FilterProbe.CODEC)).isEqualTo(state);
        assertThat(restored.id()).isEqualTo(FilterProbe.DEVICE);
        assertThat(restored.holdsSomething()).isTrue();
    }

    @Test
    void aStateCanBeRestoredWithOtherLimits() {
        byte[] state = richState();
        assertThat(decode(state, FilterLimits.DEFAULT.withFingerprints(0)).encode(FilterProbe.CODEC))
                .hasSizeLessThan(state.length);
        assertThat(decode(state, FilterLimits.DEFAULT.withFingerprints(64)).encode(FilterProbe.CODEC))
                .hasSizeGreaterThanOrEqualTo(state.length);
    }

    @Test
    void aStateOfAnotherVersionIsRefused() {
        byte[] state = richState();
        state[0] = DeviceFilter.STATE_VERSION + 1;
        assertThatThrownBy(() -> decode(state))
                .isInstanceOf(FilterStateException.class)
                .hasMessageContaining("acme/pump-7")
                .hasMessageContaining("version 5");
    }

    @Test
    void aStateThatIsCutOffOrTooLongIsRefused() {
        byte[] state = richState();
        for (int length = 0; length < state.length; length++) {
            byte[] cut = Arrays.copyOf(state, length);
            assertThatThrownBy(() -> decode(cut)).as("%d bytes", length).isInstanceOf(FilterStateException.class);
        }
        assertThatThrownBy(() -> decode(Arrays.copyOf(state, state.length + 1)))
                .isInstanceOf(FilterStateException.class);
    }

    @Test
    void damagedStatesAreRefusedOrReadButNeverCauseAnythingElse() {
        byte[] state = richState();
        for (int seed = 0; seed < 20_000; seed++) {
            Random random = new Random(seed);
            byte[] damaged = state.clone();
            for (int i = random.nextInt(3); i >= 0; i--) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
            }
            try {
                decode(damaged).encode(FilterProbe.CODEC);
            } catch (FilterStateException expected) {
                assertThat(expected).as("seed %d", seed).hasMessageContaining("state");
            }
        }
    }

    @Test
    void aStreamThatIsUpToDateTakesLessThanOneHundredAndFiftyBytes() {
        TestRun a = run('a', 1_700_000_000L, 1).at(1_700_000_000_000L);
        for (int seq = 1; seq <= 5_000; seq++) {
            probe.reads(a.event(seq, seq - 1));
        }
        assertThat(probe.filter().states().get(0).bytes()).hasSizeLessThan(150);
    }

    @Test
    void aFilterCanBeUsedForOneDeviceAlone() {
        DeviceFilter<String> filter = new DeviceFilter<>(new DeviceId("acme", "pump-9"), FilterLimits.DEFAULT);
        TestRun a = run('a', 100, 1);
        filter.accept(a.event(2, 0), FilterStart.whole(), probe);
        assertThat(filter.holdsSomething()).isTrue();
        filter.accept(a.event(1, 0), FilterStart.whole(), probe);
        assertThat(filter.holdsSomething()).isFalse();
        assertThat(probe.delivered()).containsExactly("a1", "a2");
    }
}
