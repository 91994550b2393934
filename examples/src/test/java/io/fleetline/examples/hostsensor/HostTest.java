package io.fleetline.examples.hostsensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    @TempDir
    private Path root;

    @Test
    void loadIsWhatTheKernelSays() throws IOException {
        file("proc/loadavg", "0.73 0.30 0.14 3/194 7573\n");

        assertThat(new LoadGauge(new HostFiles(root), () -> 9, 4).read(0))
                .hasValue(Map.of(
                        "load1", 0.73, "load5", 0.3, "load15", 0.14, "running", 3L, "tasks", 194L, "processors", 4));
    }

    @Test
    void withoutTheFileTheJvmIsAskedForTheLoad() {
        assertThat(new LoadGauge(new HostFiles(root), () -> 1.5, 4).read(0))
                .hasValue(Map.of("load1", 1.5, "processors", 4));
        assertThat(new LoadGauge(new HostFiles(root), () -> -1, 4).read(0)).isEmpty();
    }

    @Test
    void aLoadOfAnotherFormIsNotGuessed() throws IOException {
        file("proc/loadavg", "a lot");
        assertThat(new LoadGauge(new HostFiles(root), () -> -1, 4).read(0)).isEmpty();

        file("proc/loadavg", "0.73 0.30 much 3/194 7573\n");
        assertThat(new LoadGauge(new HostFiles(root), () -> -1, 4).read(0)).isEmpty();
    }

    @Test
    void memoryIsInBytes() throws IOException {
        file("proc/meminfo", """
                MemTotal:        1000000 kB
                MemFree:          300000 kB
                MemAvailable:     600000 kB
                SwapTotal:          2048 kB
                SwapFree:           1024 kB
                HugePages_Total:       0
                """);

        assertThat(new MemoryGauge(new HostFiles(root), Optional::empty).read(0))
                .hasValueSatisfying(reading -> assertThat(reading)
                        .containsExactly(
                                entry("totalBytes", 1_024_000_000L),
                                entry("availableBytes", 614_400_000L),
                                entry("usedShare", 0.4),
                                entry("swapTotalBytes", 2_097_152L),
                                entry("swapUsedBytes", 1_048_576L)));
    }

    @Test
    void anOldKernelThatDoesNotEstimateTellsWhatIsFree() throws IOException {
        file("proc/meminfo", "MemTotal: 1000 kB\nMemFree: 250 kB\n");

        assertThat(new MemoryGauge(new HostFiles(root), Optional::empty).read(0))
                .hasValueSatisfying(reading -> assertThat(reading).contains(entry("availableBytes", 256_000L)));
    }

    @Test
    void withoutTheFileTheJvmIsAskedForMemory() {
        assertThat(new MemoryGauge(new HostFiles(root), () -> Optional.of(new MemoryGauge.Fallback(1000, 750))).read(0))
                .hasValue(Map.of("totalBytes", 1000L, "availableBytes", 750L, "usedShare", 0.25));
        assertThat(new MemoryGauge(new HostFiles(root), Optional::empty).read(0))
                .isEmpty();
    }

    @Test
    void theDiskIsThatOfThePath() {
        assertThat(new DiskGauge(root).read(0)).hasValueSatisfying(reading -> {
            assertThat(reading).containsEntry("path", root.toString());
            assertThat((long) reading.get("totalBytes")).isGreaterThanOrEqualTo((long) reading.get("usableBytes"));
            assertThat((double) reading.get("usedShare")).isBetween(0.0, 1.0);
        });
        assertThat(new DiskGauge(root.resolve("nowhere")).read(0)).isEmpty();
    }

    @Test
    void theNetworkHasCountersAtOnceAndRatesFromTheSecondReadingOn() throws IOException {
        NetworkGauge gauge = new NetworkGauge(new HostFiles(root));
        network(1_000, 500);
        assertThat(gauge.read(5 * SECOND)).hasValue(Map.of("eth0", Map.of("receivedBytes", 1_000L, "sentBytes", 500L)));

        network(3_000, 600);
        assertThat(gauge.read(7 * SECOND))
                .hasValue(Map.of(
                        "eth0",
                        Map.of(
                                "receivedBytes",
                                3_000L,
                                "sentBytes",
                                600L,
                                "receivedBytesPerSecond",
                                1_000L,
                                "sentBytesPerSecond",
                                50L)));
    }

    @Test
    void anInterfaceThatCountsFromZeroAgainHasNoRate() throws IOException {
        NetworkGauge gauge = new NetworkGauge(new HostFiles(root));
        network(1_000, 500);
        gauge.read(0);
        network(10, 5);

        assertThat(gauge.read(SECOND)).hasValue(Map.of("eth0", Map.of("receivedBytes", 10L, "sentBytes", 5L)));
    }

    @Test
    void withoutInterfacesThereIsNoReadingOfTheNetwork() throws IOException {
        assertThat(new NetworkGauge(new HostFiles(root)).read(0)).isEmpty();
        file("proc/net/dev", "    lo:    3193      29    0    0    0     0          0         0     3193      29\n");
        assertThat(new NetworkGauge(new HostFiles(root)).read(0)).isEmpty();
    }

    @Test
    void temperaturesAreThoseOfTheThermalZonesInDegrees() throws IOException {
        file("sys/class/thermal/thermal_zone0/type", "x86_pkg_temp\n");
        file("sys/class/thermal/thermal_zone0/temp", "45500\n");
        file("sys/class/thermal/thermal_zone1/temp", "-1250\n");
        file("sys/class/thermal/thermal_zone2/type", "broken\n");
        file("sys/class/thermal/thermal_zone2/temp", "N/A\n");
        file("sys/class/thermal/cooling_device0/type", "Processor\n");

        assertThat(new TemperatureGauge(new HostFiles(root)).read(0))
                .hasValue(Map.of("x86_pkg_temp-0", 45.5, "zone-1", -1.25));
    }

    @Test
    void aMachineWithoutThermalZonesHasNoTemperature() {
        assertThat(new TemperatureGauge(new HostFiles(root)).read(0)).isEmpty();
    }

    @Test
    void aHostReadsWhatItHasAndLeavesOutTheRest() throws IOException {
        file("proc/loadavg", "0.73 0.30 0.14 3/194 7573\n");
        file("proc/meminfo", "MemTotal: 1000 kB\nMemFree: 250 kB\n");

        assertThat(Host.of(root).read(0)).containsOnlyKeys("host/load", "host/memory", "host/disk");
    }

    @Test
    void thisMachineTellsItsDiskAtLeast() {
        assertThat(Host.here().read(0)).containsKey("host/disk");
        assertThat(Host.here().identity()).containsKeys("host", "system", "architecture", "processors", "java");
    }

    @Test
    void theIdentityHasTheKernelsNameOfTheHostAndHowLongItIsUp() throws IOException {
        file("proc/sys/kernel/hostname", "boiler-room\n");
        file("proc/uptime", "3723.51 7000.02\n");

        assertThat(Host.of(root).identity()).contains(entry("host", "boiler-room"), entry("upSeconds", 3723L));
    }

    private void network(long received, long sent) throws IOException {
        file("proc/net/dev", """
                Inter-|   Receive                                                |  Transmit
                 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
                    lo:    3193      29    0    0    0     0          0         0     3193      29    0    0    0     0       0          0
                  eth0:%d    5669    0    0    0     0          0         0   %d    5220    0    0    0     0       0          0
                """.formatted(received, sent));
    }

    private void file(String path, String content) throws IOException {
        Path file = root.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, content);
    }
}
