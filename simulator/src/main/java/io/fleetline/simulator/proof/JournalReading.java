package io.fleetline.simulator.proof;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * What a journal says, by device, or those of all processes of a run. A last line that was cut off is left out; what it told cannot
 * have been relied upon.
 */
public final class JournalReading {
    /** One device's part. */
    static final class OfDevice {
        /** All up to this number is of earlier journals. */
        private long before;

        private final NavigableMap<Long, Integer> published = new TreeMap<>();
        private final NavigableMap<Long, StreamNumber> stored = new TreeMap<>();
        private final Set<Long> droppedCounters = new HashSet<>();
        private String keeps = "";
        private boolean cutOff;
        private final List<Long> onDisk = new ArrayList<>();

        long before() {
            return before;
        }

        /**
         * Whether its process was ended without warning, and with it what the device had only in memory: commands that it knew, and
         * outcomes that it had not told.
         */
        boolean forgot() {
            return cutOff && keeps.equals(MEMORY);
        }

        /** The counters of events that were on disk when the device's process was ended without warning, in their order. */
        List<Long> onDisk() {
            return onDisk;
        }

        /** The lane of each counter that was published. */
        NavigableMap<Long, Integer> published() {
            return published;
        }

        /** What was promised of each counter that has a receipt. */
        NavigableMap<Long, StreamNumber> stored() {
            return stored;
        }

        /** Whether the application was told that this will never be stored. */
        boolean isDropped(long counter) {
            return droppedCounters.contains(counter);
        }

        /** How many events the device gave up, or found no room for. */
        long dropped() {
            return droppedCounters.size();
        }
    }

    /** What is told of one command. */
    static final class OfCommand {
        private final String device;
        private boolean stored;
        private int begun;
        private final List<String> ends = new ArrayList<>();
        private Optional<String> heard = Optional.empty();

        OfCommand(String device) {
            this.device = device;
        }

        String device() {
            return device;
        }

        /** Whether Kafka had it. */
        boolean stored() {
            return stored;
        }

        /** How often the handler was called. */
        int begun() {
            return begun;
        }

        /** How the handler ended last, by the outcome's status. */
        Optional<String> ended() {
            return ends.isEmpty() ? Optional.empty() : Optional.of(ends.get(ends.size() - 1));
        }

        /** Whether the handler ever came to this end. */
        boolean cameTo(String status) {
            return ends.contains(status);
        }

        /** What its sender heard of its end. */
        Optional<String> heard() {
            return heard;
        }
    }

    private static final String MEMORY = "MEMORY";
    private static final String DURABLE = "DURABLE";

    /** A durable outbox promises 20 ms; a busy machine, on which all devices of a process share a disk, is given more. */
    private static final long ON_DISK_AFTER_MICROS = 1_000_000;

    private final Map<String, OfCommand> commands = new LinkedHashMap<>();
    private Optional<String> run = Optional.empty();
    private long beganMillis;
    private boolean quiet;
    private boolean unquiet;
    private boolean nodesEnded;
    private final Map<String, OfDevice> devices = new LinkedHashMap<>();

    private JournalReading() {}

    /**
     * Reads a journal.
     *
     * @throws IOException if it cannot be read, or a line in it is not of the form
     */
    public static JournalReading read(Path file) throws IOException {
        return readAll(List.of(file));
    }

    /**
     * Reads the journals of a run.
     *
     * @param files those of one device in the order in which they were begun
     * @throws IOException if one cannot be read, or a line in it is not of the form
     */
    public static JournalReading readAll(List<Path> files) throws IOException {
        JournalReading reading = new JournalReading();
        for (Path file : files) {
            OneFile one = reading.new OneFile();
            one.read(file);
            // A journal alone is all that there is of its run, whose end it then does not tell.
            if (!one.ended && files.size() > 1) {
                one.cutOff();
            }
        }
        return reading;
    }

    /** What must be known of one journal while it is read. */
    private final class OneFile {
        private final Map<String, NavigableMap<Long, Long>> dues = new HashMap<>();
        private long lastMicros;
        private boolean ended;

        void read(Path file) throws IOException {
            try (BufferedReader reader = Files.newBufferedReader(file, US_ASCII)) {
                boolean whole = endsWithNewline(file);
                int number = 1;
                String line = reader.readLine();
                while (line != null) {
                    String next = reader.readLine();
                    if (next != null || whole) {
                        try {
                            String[] parts = line.split(" ", -1);
                            take(parts);
                            note(parts);
                        } catch (IllegalArgumentException e) {
                            throw new IOException(file + ", line " + number + " is not of a journal's form", e);
                        }
                    }
                    line = next;
                    number++;
                }
            }
        }

        private void note(String[] parts) {
            switch (parts[0] + parts.length) {
                case "E2" -> ended = true;
                case "F3" -> dues.put(parts[1], new TreeMap<>());
                case "P5" -> {
                    long micros = Long.parseLong(parts[4]);
                    lastMicros = Math.max(lastMicros, micros);
                    NavigableMap<Long, Long> its = dues.get(parts[1]);
                    if (its != null) {
                        its.put(Long.parseLong(parts[2]), micros);
                    }
                }
                default -> {
                    // Of no interest here.
                }
            }
        }

        /** Its process was ended without warning: what was published a while before lay on disk by then. */
        private void cutOff() {
            dues.forEach((name, its) -> {
                OfDevice device = devices.get(name);
                if (device != null) {
                    device.cutOff = true;
                    if (device.keeps.equals(DURABLE)) {
                        its.forEach((counter, micros) -> {
                            if (micros < lastMicros - ON_DISK_AFTER_MICROS) {
                                device.onDisk.add(counter);
                            }
                        });
                    }
                }
            });
        }
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
                device.published.isEmpty() ? device.before() : Math.max(device.before(), device.published.lastKey())));
        return last;
    }

    /** How many events devices gave up, or found no room for. */
    public long dropped() {
        return devices.values().stream().mapToLong(OfDevice::dropped).sum();
    }

    /** The simulator's run that this is of, if it is of one. */
    Optional<String> run() {
        return run;
    }

    /** When that run began, Unix time in ms. */
    long beganMillis() {
        return beganMillis;
    }

    /** Whether it is known of everything how it ended. */
    boolean quiet() {
        return quiet && !unquiet;
    }

    /** Whether this device's process was ended without warning, and the device kept nothing over it. */
    boolean forgot(String device) {
        OfDevice told = devices.get(device);
        return told != null && told.forgot();
    }

    /** Whether a node was ended without warning: what it had of commands is gone with it. */
    boolean nodesEnded() {
        return nodesEnded;
    }

    /** What is told of each command, by its id. */
    Map<String, OfCommand> commands() {
        return commands;
    }

    Map<String, OfDevice> devices() {
        return devices;
    }

    private void take(String[] parts) {
        if (parts.length < 2) {
            throw new IllegalArgumentException("too short");
        }
        switch (parts[0] + parts.length) {
            case "N3" -> {
                run = Optional.of(parts[1]);
                beganMillis = Long.parseLong(parts[2]);
            }
            case "E2" -> {
                quiet |= parts[1].equals("quiet");
                unquiet |= !parts[1].equals("quiet");
            }
            case "X3" -> nodesEnded |= parts[1].startsWith("node-") && parts[2].equals("KILL");
            case "C3" -> command(parts).stored = true;
            case "H3" -> command(parts).begun++;
            case "G4" -> command(parts).ends.add(parts[3]);
            case "O4" -> command(parts).heard = Optional.of(parts[3]);
            case "M3" -> device(parts).keeps = parts[2];
            default -> takeEvent(parts);
        }
    }

    private OfCommand command(String[] parts) {
        return commands.computeIfAbsent(parts[2], id -> new OfCommand(parts[1]));
    }

    private OfDevice device(String[] parts) {
        return devices.computeIfAbsent(parts[1], name -> new OfDevice());
    }

    private void takeEvent(String[] parts) {
        if (parts.length < 3) {
            throw new IllegalArgumentException("too short");
        }
        OfDevice device = device(parts);
        long counter = Long.parseLong(parts[2]);
        switch (parts[0] + parts.length) {
            case "F3" -> {
                // A later journal of the same run goes on with what is told here.
                if (device.published.isEmpty()) {
                    device.before = counter;
                }
            }
            case "P4", "P5" -> device.published.put(counter, Integer.parseInt(parts[3]));
            case "R7" ->
                device.stored.put(
                        counter,
                        new StreamNumber(
                                Integer.parseInt(parts[3]),
                                Long.parseLong(parts[4]),
                                Long.parseLong(parts[5]),
                                Long.parseLong(parts[6])));
            case "D3" -> device.droppedCounters.add(counter);
            default -> throw new IllegalArgumentException("unknown kind of line");
        }
    }
}
