package io.fleetline.simulator.proof;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/** What a journal says, by device. A last line that was cut off is left out; what it told cannot have been relied upon. */
public final class JournalReading {
    /** One device's part. */
    static final class OfDevice {
        /** All up to this number is of earlier journals. */
        private long before;

        private final NavigableMap<Long, Integer> published = new TreeMap<>();
        private final NavigableMap<Long, StreamNumber> stored = new TreeMap<>();

        long before() {
            return before;
        }

        /** The lane of each counter that was published. */
        NavigableMap<Long, Integer> published() {
            return published;
        }

        /** What was promised of each counter that has a receipt. */
        NavigableMap<Long, StreamNumber> stored() {
            return stored;
        }
    }

    private final Map<String, OfDevice> devices = new LinkedHashMap<>();

    private JournalReading() {}

    /**
     * Reads a journal.
     *
     * @throws IOException if it cannot be read, or a line in it is not of the form
     */
    public static JournalReading read(Path file) throws IOException {
        JournalReading reading = new JournalReading();
        try (BufferedReader reader = Files.newBufferedReader(file, US_ASCII)) {
            boolean whole = endsWithNewline(file);
            int number = 1;
            String line = reader.readLine();
            while (line != null) {
                String next = reader.readLine();
                if (next != null || whole) {
                    try {
                        reading.take(line.split(" ", -1));
                    } catch (IllegalArgumentException e) {
                        throw new IOException(file + ", line " + number + " is not of a journal's form", e);
                    }
                }
                line = next;
                number++;
            }
        }
        return reading;
    }

    private static boolean endsWithNewline(Path file) throws IOException {
        try (SeekableByteChannel channel = Files.newByteChannel(file)) {
            if (channel.size() == 0) {
                return false;
            }
            ByteBuffer last = ByteBuffer.allocate(1);
            channel.position(channel.size() - 1).read(last);
            return last.get(0) == '\n';
        }
    }

    /** How many events have a receipt. */
    public long receipts() {
        return devices.values().stream()
                .mapToLong(device -> device.stored.size())
                .sum();
    }

    /** How many events were published. */
    public long published() {
        return devices.values().stream()
                .mapToLong(device -> device.published.size())
                .sum();
    }

    /** Whether this event has a receipt. */
    boolean hasReceipt(String device, long counter) {
        OfDevice told = devices.get(device);
        return told != null && told.stored.containsKey(counter);
    }

    /** The highest counter of each device, of this journal or of those before it: the next is to be above. */
    public Map<String, Long> lastCounters() {
        Map<String, Long> last = new LinkedHashMap<>();
        devices.forEach((name, device) -> last.put(
                name,
                device.published.isEmpty() ? device.before : Math.max(device.before, device.published.lastKey())));
        return last;
    }

    Map<String, OfDevice> devices() {
        return devices;
    }

    private void take(String[] parts) {
        if (parts.length < 3) {
            throw new IllegalArgumentException("too short");
        }
        OfDevice device = devices.computeIfAbsent(parts[1], name -> new OfDevice());
        long counter = Long.parseLong(parts[2]);
        switch (parts[0] + parts.length) {
            case "F3" -> device.before = counter;
            case "P4" -> device.published.put(counter, Integer.parseInt(parts[3]));
            case "R7" ->
                device.stored.put(
                        counter,
                        new StreamNumber(
                                Integer.parseInt(parts[3]),
                                Long.parseLong(parts[4]),
                                Long.parseLong(parts[5]),
                                Long.parseLong(parts[6])));
            case "D3" -> {}
            default -> throw new IllegalArgumentException("unknown kind of line");
        }
    }
}
