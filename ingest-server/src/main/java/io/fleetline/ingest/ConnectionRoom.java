package io.fleetline.ingest;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.Locale;

/**
 * How many connections this process has room for.
 *
 * @param byHeap by the heap's size
 * @param byDescriptors by the operating system's limit of open files and sockets
 */
record ConnectionRoom(int byHeap, int byDescriptors) {
    /** One over TLS, idle or at work: Jetty's share, the session, and what it has just sent. */
    private static final long HEAP_BYTES_EACH = 24L * 1024;
    /** Of the heap beside the budget: the rest is for the registry, Kafka's clients and garbage. */
    private static final int HEAP_SHARE = 2;
    /** For Kafka's connections, the admin API's and log files. */
    private static final long OTHER_DESCRIPTORS = 256;

    private static final int MOST = 10_000_000;

    /**
     * Works it out.
     *
     * @param heapBytes how large the heap may become
     * @param budgetBytes how much of it may be on its way to Kafka
     * @param descriptors how many files and sockets the process may have open; 0 if nobody knows
     * @param openDescriptors how many it has open already
     * @param maxHandshakes how many connections may be open beside those that count
     */
    static ConnectionRoom of(
            long heapBytes, long budgetBytes, long descriptors, long openDescriptors, int maxHandshakes) {
        long byHeap = (heapBytes - budgetBytes) / HEAP_SHARE / HEAP_BYTES_EACH;
        long free = descriptors - openDescriptors - OTHER_DESCRIPTORS;
        // Those that shake hands may not take it all where there are few.
        long byDescriptors = descriptors == 0 ? MOST : Math.max(free / 2, free - maxHandshakes);
        return new ConnectionRoom(within(byHeap), within(byDescriptors));
    }

    /** Works it out for this process as it is now. */
    static ConnectionRoom ofThisProcess(long budgetBytes, int maxHandshakes) {
        long descriptors = 0;
        long open = 0;
        if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix) {
            descriptors = unix.getMaxFileDescriptorCount();
            open = unix.getOpenFileDescriptorCount();
        }
        return of(Runtime.getRuntime().maxMemory(), budgetBytes, descriptors, open, maxHandshakes);
    }

    private static int within(long count) {
        return (int) Math.max(1, Math.min(MOST, count));
    }

    /** The smaller of both. */
    int connections() {
        return Math.min(byHeap, byDescriptors);
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%,d: the heap has room for %,d, the descriptors for %,d",
                connections(),
                byHeap,
                byDescriptors);
    }
}
