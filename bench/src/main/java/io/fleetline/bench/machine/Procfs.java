package io.fleetline.bench.machine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.OptionalLong;

/**
 * CPU time as the Linux kernel accounts for it: {@code /proc/PID/stat} and {@code /proc/stat}, both in clock ticks, of
 * which {@code getconf CLK_TCK} says how many make a second (proc(5)).
 */
public final class Procfs {
    private final Path root;
    private final long ticksPerSecond;

    Procfs(Path root, long ticksPerSecond) {
        if (ticksPerSecond <= 0) {
            throw new IllegalArgumentException(ticksPerSecond + " clock ticks in a second");
        }
        this.root = root;
        this.ticksPerSecond = ticksPerSecond;
    }

    /**
     * This machine's.
     *
     * @throws UnsupportedOperationException where there is none, as on anything but Linux
     */
    public static Procfs ofThisMachine() {
        Path proc = Path.of("/proc");
        if (!Files.isReadable(proc.resolve("stat"))) {
            throw new UnsupportedOperationException("CPU per event is read from /proc, which this system ("
                    + System.getProperty("os.name") + ") does not have; bench runs on Linux");
        }
        String ticks = Commands.firstLine("getconf", "CLK_TCK")
                .orElseThrow(() -> new UnsupportedOperationException("getconf CLK_TCK gives no answer"));
        return new Procfs(proc, Long.parseLong(ticks));
    }

    /**
     * The CPU time that a process used until now, all its threads together, in user and in kernel mode; without its
     * children.
     *
     * @throws IllegalStateException if there is no such process
     */
    public Duration ofProcess(long pid) {
        return duration(processTicks(pid, 2)
                .orElseThrow(() -> new IllegalStateException("process " + pid + " is gone, and its CPU time with it")));
    }

    /** The CPU time of a process and of all those children of it that ended and were waited for; zero if it is gone. */
    Duration ofProcessAndEndedChildren(long pid) {
        return duration(processTicks(pid, 4).orElse(0));
    }

    /** The CPU time of this process and everything that it started. */
    public Duration ofThisProcessTree() {
        ProcessHandle self = ProcessHandle.current();
        return self.descendants()
                .mapToLong(ProcessHandle::pid)
                .mapToObj(this::ofProcessAndEndedChildren)
                .reduce(ofProcessAndEndedChildren(self.pid()), Duration::plus);
    }

    /** What the whole machine used until now. */
    public MachineCpu ofMachine() {
        try {
            String line = Files.readAllLines(root.resolve("stat"), StandardCharsets.US_ASCII)
                    .get(0);
            // cpu user nice system idle iowait irq softirq steal guest guest_nice; guest is contained in user.
            long[] ticks = Arrays.stream(line.trim().split("\\s+"))
                    .skip(1)
                    .mapToLong(Long::parseLong)
                    .toArray();
            return new MachineCpu(
                    duration(ticks[0] + ticks[1] + ticks[2]), ticks.length > 7 ? duration(ticks[7]) : Duration.ZERO);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** utime and stime, and with four fields cutime and cstime as well; empty if the process is gone. */
    private OptionalLong processTicks(long pid, int fields) {
        try {
            String stat =
                    Files.readString(root.resolve(Long.toString(pid)).resolve("stat"), StandardCharsets.ISO_8859_1);
            // The second field is the program's name in parentheses, and may itself hold spaces and parentheses.
            String[] afterName = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            int utime = 14 - 3;
            return OptionalLong.of(Arrays.stream(afterName, utime, utime + fields)
                    .mapToLong(Long::parseLong)
                    .sum());
        } catch (NoSuchFileException gone) {
            return OptionalLong.empty();
        } catch (IOException e) {
            if (ProcessHandle.of(pid).isEmpty()) {
                return OptionalLong.empty(); // ended between open and read: ESRCH
            }
            throw new UncheckedIOException(e);
        }
    }

    private Duration duration(long ticks) {
        return Duration.ofNanos(Math.multiplyExact(ticks, 1_000_000_000L / ticksPerSecond));
    }
}
