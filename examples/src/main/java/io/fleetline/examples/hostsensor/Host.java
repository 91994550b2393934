package io.fleetline.examples.hostsensor;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * This machine, as far as it tells about itself: what it is and what it measures now. On Linux the kernel's files tell,
 * elsewhere the JVM does; what neither knows is left out.
 */
public final class Host {
    private final HostFiles files;
    private final List<Gauge> gauges;

    private Host(HostFiles files, List<Gauge> gauges) {
        this.files = files;
        this.gauges = List.copyOf(gauges);
    }

    /** The machine that this runs on. */
    public static Host here() {
        Path root = Path.of("").toAbsolutePath().getRoot();
        return new Host(new HostFiles(root), gauges(new HostFiles(root), root, Program.named("vcgencmd")));
    }

    /** A machine whose kernel's files lie below this directory. */
    static Host of(Path root) {
        return new Host(new HostFiles(root), gauges(new HostFiles(root), root, argument -> Optional.empty()));
    }

    private static List<Gauge> gauges(HostFiles files, Path disk, Program vcgencmd) {
        return List.of(
                new LoadGauge(
                        files,
                        ManagementFactory.getOperatingSystemMXBean()::getSystemLoadAverage,
                        Runtime.getRuntime().availableProcessors()),
                new MemoryGauge(files, Host::memoryAsTheJvmKnowsIt),
                new DiskGauge(disk),
                new NetworkGauge(files),
                new TemperatureGauge(files),
                new RaspberryPiGauge(vcgencmd));
    }

    private static Optional<MemoryGauge.Fallback> memoryAsTheJvmKnowsIt() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system
                ? Optional.of(new MemoryGauge.Fallback(system.getTotalMemorySize(), system.getFreeMemorySize()))
                : Optional.empty();
    }

    /**
     * All that can be measured now, by channel.
     *
     * @param nowNanos a clock that never goes back; rates are since the call before
     */
    synchronized Map<String, Map<String, Object>> read(long nowNanos) {
        Map<String, Map<String, Object>> readings = new LinkedHashMap<>();
        for (Gauge gauge : gauges) {
            gauge.read(nowNanos).ifPresent(reading -> readings.put(gauge.channel(), reading));
        }
        return readings;
    }

    /** Its lights. */
    Leds leds() {
        return new Leds(files);
    }

    /** What this machine is: name, system, processor, how long it has been up. */
    Map<String, Object> identity() {
        Map<String, Object> identity = new LinkedHashMap<>();
        identity.put("host", name());
        identity.put("system", property("os.name") + " " + property("os.version"));
        identity.put("architecture", property("os.arch"));
        identity.put("processors", Runtime.getRuntime().availableProcessors());
        identity.put("java", property("java.version"));
        files.lines("proc/uptime")
                .flatMap(lines -> lines.stream().findFirst())
                .flatMap(Host::leadingSeconds)
                .ifPresent(seconds -> identity.put("upSeconds", seconds));
        return identity;
    }

    private String name() {
        return HostFiles.line(files.root().resolve("proc/sys/kernel/hostname"))
                .filter(name -> !name.isEmpty())
                .orElseGet(() -> {
                    try {
                        return InetAddress.getLocalHost().getHostName();
                    } catch (UnknownHostException e) {
                        return "unknown";
                    }
                });
    }

    private static Optional<Long> leadingSeconds(String uptime) {
        try {
            return Optional.of((long) Double.parseDouble(uptime.split(" ", -1)[0]));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    private static String property(String name) {
        return System.getProperty(name, "unknown");
    }
}
