package io.fleetline.ingest.presence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fleetline.ingest.time.ManualTime;
import io.fleetline.protocol.DeviceId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConnectedDevicesTest {
    private static final DeviceId PUMP = new DeviceId("acme", "pump");

    private final ManualTime time = new ManualTime();
    private final ConnectedDevices devices = new ConnectedDevices(time, 1_023);
    private final List<String> displaced = new ArrayList<>();
    private final List<String> reconsidered = new ArrayList<>();

    @Test
    void aNumberIsTheClockAndTheNodesOwnBits() {
        assertThat(devices.arrive(PUMP, 0, connection("a"))).isEqualTo(time.unixMillis() * 1_024 + 1_023);
    }

    @Test
    void numbersRiseWhateverTheClockDoes() {
        long last = 0;
        for (int i = 0; i < 100; i++) {
            long number = devices.arrive(PUMP, last % 3 == 0 ? last : 0, connection("c" + i));
            assertThat(number).isGreaterThan(last);
            last = number;
        }
        assertThat(devices.count()).isEqualTo(1);
        assertThat(displaced).hasSize(99);
    }

    @Test
    void theOlderConnectionHearsTheWinnersNumber() {
        devices.arrive(PUMP, 0, connection("old"));
        long winner = devices.arrive(PUMP, 0, connection("new"));
        assertThat(displaced).containsExactly("old lost to " + winner);
    }

    @Test
    void aConnectionThatLeavesLateDoesNotTakeTheNewerOneWithIt() {
        long old = devices.arrive(PUMP, 0, connection("old"));
        long newer = devices.arrive(PUMP, 0, connection("new"));
        devices.leave(PUMP, old);
        assertThat(devices.count()).isEqualTo(1);
        devices.leave(PUMP, newer);
        assertThat(devices.count()).isZero();
    }

    @Test
    void aNumberOfADayAheadIsPlausibleAndOneBeyondIsNot() {
        long now = time.unixMillis();
        assertThat(devices.isPlausible(0)).isTrue();
        assertThat(devices.isPlausible((now + Duration.ofDays(1).toMillis()) * 1_024 - 1))
                .isTrue();
        assertThat(devices.isPlausible((now + Duration.ofDays(1).toMillis()) * 1_024))
                .isFalse();
    }

    @Test
    void aChangeInTheRegistryConcernsTheNewestConnectionOfTheDeviceOrAllOfTheTenant() {
        DeviceId other = new DeviceId("acme", "other");
        DeviceId foreign = new DeviceId("globex", "pump");
        devices.arrive(PUMP, 0, connection("old"));
        devices.arrive(PUMP, 0, connection("new"));
        devices.arrive(other, 0, connection("other"));
        devices.arrive(foreign, 0, connection("foreign"));
        devices.deviceChanged(PUMP);
        devices.deviceChanged(new DeviceId("acme", "away"));
        assertThat(reconsidered).containsExactly("new");
        reconsidered.clear();
        devices.tenantChanged("acme");
        assertThat(reconsidered).containsExactlyInAnyOrder("new", "other");
    }

    @Test
    void aNodeHasTenBits() {
        assertThatThrownBy(() -> new ConnectedDevices(time, 1_024)).hasMessageContaining("1024");
    }

    private ConnectedDevices.Connection connection(String name) {
        return new ConnectedDevices.Connection() {
            @Override
            public void takenOver(long winner) {
                displaced.add(name + " lost to " + winner);
            }

            @Override
            public void registryChanged() {
                reconsidered.add(name);
            }
        };
    }
}
