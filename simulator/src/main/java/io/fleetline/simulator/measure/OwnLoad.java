package io.fleetline.simulator.measure;

import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.lang.management.ThreadMXBean;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/**
 * What the simulator itself takes of the machine, and how late it is woken: a thread asks to be woken every 10 ms and notes how
 * long it took, which shows pauses of the JVM and a machine that has no core to spare. For one caller at a time.
 */
public final class OwnLoad implements AutoCloseable {
    private static final long BEAT_NANOS = 10_000_000;

    private final LongSupplier nanoTime;
    private final MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    private final com.sun.management.OperatingSystemMXBean system =
            ManagementFactory.getPlatformMXBean(com.sun.management.OperatingSystemMXBean.class);
    private final Latencies wakeUps = new Latencies();
    private final Thread heart = new Thread(this::beat, "fleet-heart");
    private volatile boolean closed;

    private long lookedNanos;
    private long cpuNanos;
    private long collectionMillis;
    private Map<Long, Long> threadNanos = new HashMap<>();

    /**
     * What was seen since the look before.
     *
     * @param cores how many cores' worth of time this process took
     * @param machine how busy the machine was, 0 to 1
     * @param heapBytes memory in use on the heap
     * @param collecting which share of the time the garbage collector took, 0 to 1
     * @param busiestThread the name of the thread that took most time
     * @param busiestCores how much of a core it took
     * @param wakeUps how late the thread that wants to be woken every 10 ms was
     */
    public record Look(
            double cores,
            double machine,
            long heapBytes,
            double collecting,
            String busiestThread,
            double busiestCores,
            Percentiles wakeUps) {
        /** Together with what another process of the simulator took in the same time; its awakenings are in these already. */
        public Look with(Look other) {
            boolean mine = busiestCores >= other.busiestCores;
            return new Look(
                    cores + other.cores,
                    Math.max(machine, other.machine),
                    heapBytes + other.heapBytes,
                    Math.max(collecting, other.collecting),
                    mine ? busiestThread : other.busiestThread,
                    mine ? busiestCores : other.busiestCores,
                    wakeUps);
        }
    }

    /** Begins. */
    public OwnLoad(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        heart.setDaemon(true);
        heart.start();
        var unused = look();
    }

    private void beat() {
        long nextNanos = nanoTime.getAsLong() + BEAT_NANOS;
        while (!closed) {
            long nowNanos = nanoTime.getAsLong();
            if (nowNanos < nextNanos) {
                LockSupport.parkNanos(this, nextNanos - nowNanos);
                continue;
            }
            wakeUps.record(nowNanos - nextNanos);
            // One late awakening is one, however many beats it has slept through.
            nextNanos = nowNanos + BEAT_NANOS;
        }
    }

    /** What was seen since the last look. */
    public Look look() {
        long nowNanos = nanoTime.getAsLong();
        double passedNanos = Math.max(1, nowNanos - lookedNanos);
        long cpu = system.getProcessCpuTime();
        long collection = ManagementFactory.getGarbageCollectorMXBeans().stream()
                .mapToLong(GarbageCollectorMXBean::getCollectionTime)
                .sum();
        Map<Long, Long> spent = new HashMap<>();
        long busiest = -1;
        long busiestNanos = 0;
        for (long id : threads.getAllThreadIds()) {
            long nanos = threads.getThreadCpuTime(id);
            if (nanos < 0) {
                continue;
            }
            spent.put(id, nanos);
            long since = nanos - threadNanos.getOrDefault(id, 0L);
            if (since > busiestNanos) {
                busiest = id;
                busiestNanos = since;
            }
        }
        var info = busiest < 0 ? null : threads.getThreadInfo(busiest);
        Look look = new Look(
                (cpu - cpuNanos) / passedNanos,
                Math.max(0, system.getCpuLoad()),
                memory.getHeapMemoryUsage().getUsed(),
                (collection - collectionMillis) * 1e6 / passedNanos,
                info == null ? "" : info.getThreadName(),
                busiestNanos / passedNanos,
                wakeUps.look());
        lookedNanos = nowNanos;
        cpuNanos = cpu;
        collectionMillis = collection;
        threadNanos = spent;
        return look;
    }

    /** How late the thread was woken. */
    public Latencies wakeUps() {
        return wakeUps;
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(heart);
    }
}
