package io.fleetline.device.internal.log;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/**
 * A disk in memory that keeps apart what was written and what would outlive a power cut. It can be asked, at any moment,
 * for the disk that a power cut would leave, and it fails, lies and runs full as it is told.
 *
 * <p>A sector is written as a whole or not at all, and sectors that were not forced reach the platter in any order.
 * Sectors are never written to in place, so that a copy of the disk shares them.
 */
public final class FaultyDisk implements Disk {
    public static final int SECTOR = 512;

    private static final byte[] ZEROS = new byte[SECTOR];

    /** Learns of each call that changed something, before it returns. */
    public interface Observer {
        void changed(String call);
    }

    /** A file's content: as a program sees it, and as the platter has it. */
    private static final class Inode {
        byte[][] seen = new byte[0][];
        byte[][] safe = new byte[0][];
        int size;
        int safeSize;
        /** Sectors that differ, or may. */
        final BitSet dirty = new BitSet();
        /** Per dirty sector, what it was in between. */
        final Map<Integer, List<byte[]>> between = new HashMap<>();

        Inode copy() {
            Inode copy = new Inode();
            copy.seen = seen.clone();
            copy.safe = safe.clone();
            copy.size = size;
            copy.safeSize = safeSize;
            copy.dirty.or(dirty);
            between.forEach((sector, versions) -> copy.between.put(sector, new ArrayList<>(versions)));
            return copy;
        }

        void grow(int sectors) {
            if (seen.length < sectors) {
                int old = seen.length;
                seen = Arrays.copyOf(seen, sectors);
                Arrays.fill(seen, old, sectors, ZEROS);
            }
            if (safe.length < sectors) {
                int old = safe.length;
                safe = Arrays.copyOf(safe, sectors);
                Arrays.fill(safe, old, sectors, ZEROS);
            }
        }

        void force() {
            dirty.stream().forEach(sector -> safe[sector] = seen[sector]);
            clean();
        }

        void clean() {
            dirty.clear();
            between.clear();
            safeSize = size;
        }
    }

    /** A change of names that is not forced: these names then lead to these files, or to none. */
    private record NameChange(Map<String, Inode> becomes) {}

    /** What a power cut leaves of what was not forced. */
    public enum Survival {
        /** Nothing. */
        NOTHING,
        /** Everything. */
        ALL,
        /** Any part. */
        SOME,
        /** All but one sector or name. */
        ALL_BUT_ONE,
        /** One sector and no more, and all names. */
        ONE
    }

    private final Map<String, Inode> names = new TreeMap<>();
    private final Map<String, Inode> safeNames = new TreeMap<>();
    private final List<NameChange> nameChanges = new ArrayList<>();
    private Observer observer = call -> {};
    private boolean locked;

    // Faults
    private RandomGenerator chance = new java.util.Random(0);
    private Misbehaviour misbehaviour = Misbehaviour.NONE;
    private int capacitySectors = Integer.MAX_VALUE;
    private boolean readOnly;
    private final Map<Inode, BitSet> unreadable = new HashMap<>();
    private long forces;
    private long surviving;

    /** Tells who learns of changes. */
    public void observe(Observer by) {
        observer = by;
    }

    /**
     * What share of its calls does not do what it should.
     *
     * @param writes writes and forces of files that fail
     * @param names renames, deletions, new files and forces of names that fail
     * @param opens files that cannot be opened, listings and locks that fail
     * @param reads reads that fail
     * @param lies forces that do nothing and say that all is well
     */
    public record Misbehaviour(double writes, double names, double opens, double reads, double lies) {
        public static final Misbehaviour NONE = new Misbehaviour(0, 0, 0, 0, 0);

        public static Misbehaviour lying(double share) {
            return new Misbehaviour(0, 0, 0, 0, share);
        }
    }

    /** From now on these shares of its writes, of its changes of names and of its forces go wrong. */
    public void misbehave(RandomGenerator random, double writes, double names, double lies) {
        misbehave(random, new Misbehaviour(writes, names, 0, 0, lies));
    }

    /** From now on it misbehaves like this. */
    public void misbehave(RandomGenerator random, Misbehaviour how) {
        chance = random;
        misbehaviour = how;
    }

    /** From now on what was written can be read. */
    public void mendReads() {
        misbehaviour =
                new Misbehaviour(misbehaviour.writes, misbehaviour.names, misbehaviour.opens, 0, misbehaviour.lies);
    }

    /** From now on it has no more room than this. */
    public void capacity(int sectors) {
        capacitySectors = sectors;
    }

    /** From now on nothing can be written. */
    public void readOnly(boolean only) {
        readOnly = only;
    }

    /** How often a file or the names were forced. */
    public long forces() {
        return forces;
    }

    /** The sectors that the files take. */
    public int sectors() {
        return names.values().stream().mapToInt(inode -> inode.seen.length).sum();
    }

    /** A number that stands for what survived when this disk was made by a power cut. */
    public long surviving() {
        return surviving;
    }

    /** The process dies: its lock is gone, all that it wrote can be seen, and what was not forced is still not forced. */
    public void kill() {
        locked = false;
    }

    /** The same disk, to go its own way. */
    public FaultyDisk copy() {
        FaultyDisk copy = new FaultyDisk();
        Map<Inode, Inode> copies = new HashMap<>();
        names.forEach((name, inode) -> copy.names.put(name, copies.computeIfAbsent(inode, Inode::copy)));
        safeNames.forEach((name, inode) -> copy.safeNames.put(name, copies.computeIfAbsent(inode, Inode::copy)));
        for (NameChange change : nameChanges) {
            Map<String, Inode> becomes = new HashMap<>();
            change.becomes.forEach((name, inode) ->
                    becomes.put(name, inode == null ? null : copies.computeIfAbsent(inode, Inode::copy)));
            copy.nameChanges.add(new NameChange(becomes));
        }
        return copy;
    }

    /** The disk that a power cut would leave now. Sectors survive in groups of this many. */
    public FaultyDisk powerCut(RandomGenerator random, Survival survival, int sectorsAtOnce) {
        FaultyDisk left = new FaultyDisk();
        Map<Inode, Inode> remains = new HashMap<>();
        Fate fate = new Fate(random, survival, unforced());
        Map<String, Inode> leftNames = new TreeMap<>(safeNames);
        for (NameChange change : nameChanges) {
            if (survival == Survival.ONE || fate.survives()) {
                change.becomes.forEach((name, inode) -> {
                    if (inode == null) {
                        leftNames.remove(name);
                    } else {
                        leftNames.put(name, inode);
                    }
                });
            }
        }
        leftNames.forEach((name, inode) ->
                left.names.put(name, remains.computeIfAbsent(inode, lost -> fate.remains(lost, sectorsAtOnce))));
        left.safeNames.putAll(left.names);
        left.surviving = fate.hash;
        return left;
    }

    private int unforced() {
        int count = nameChanges.size();
        for (Inode inode : names.values()) {
            count += inode.dirty.cardinality();
        }
        return count;
    }

    private static final class Fate {
        private final RandomGenerator random;
        private final Survival survival;
        private final int chosen;
        private final double share;
        private int asked;
        private long hash = 1;

        Fate(RandomGenerator random, Survival survival, int unforced) {
            this.random = random;
            this.survival = survival;
            this.chosen = unforced == 0 ? 0 : random.nextInt(unforced);
            this.share = random.nextDouble();
        }

        boolean survives() {
            int at = asked++;
            boolean yes = switch (survival) {
                case NOTHING -> false;
                case ALL -> true;
                case SOME -> random.nextDouble() < share;
                case ALL_BUT_ONE -> at != chosen;
                case ONE -> at == chosen;
            };
            hash = hash * 31 + (yes ? 1 : 2);
            return yes;
        }

        Inode remains(Inode inode, int sectorsAtOnce) {
            Inode left = new Inode();
            left.seen = inode.safe.clone();
            int group = -1;
            boolean survives = false;
            for (int sector = inode.dirty.nextSetBit(0); sector >= 0; sector = inode.dirty.nextSetBit(sector + 1)) {
                if (sector / sectorsAtOnce != group) {
                    group = sector / sectorsAtOnce;
                    survives = survives();
                }
                List<byte[]> between = inode.between.getOrDefault(sector, List.of());
                if (survives) {
                    left.seen[sector] = inode.seen[sector];
                } else if (survival == Survival.SOME && !between.isEmpty()) {
                    int version = random.nextInt(between.size() + 1);
                    if (version < between.size()) {
                        left.seen[sector] = between.get(version);
                        hash = hash * 31 + version;
                    }
                }
            }
            boolean sizeKept = inode.size == inode.safeSize || survives();
            left.size = sizeKept ? inode.size : inode.safeSize;
            left.seen = Arrays.copyOf(left.seen, (left.size + SECTOR - 1) / SECTOR);
            left.safe = left.seen.clone();
            left.safeSize = left.size;
            return left;
        }
    }

    /** Changes some bits somewhere. */
    public void flipBits(RandomGenerator random, int bits) {
        List<Inode> inodes = new ArrayList<>(names.values());
        inodes.removeIf(inode -> inode.seen.length == 0);
        for (int i = 0; i < bits && !inodes.isEmpty(); i++) {
            Inode inode = inodes.get(random.nextInt(inodes.size()));
            int sector = random.nextInt(inode.seen.length);
            byte[] flipped = inode.seen[sector].clone();
            flipped[random.nextInt(SECTOR)] ^= (byte) (1 << random.nextInt(8));
            inode.seen[sector] = flipped;
            inode.safe[sector] = flipped;
        }
    }

    /** Makes some sectors unreadable. */
    public void spoil(RandomGenerator random, int sectors) {
        List<Inode> inodes = new ArrayList<>(names.values());
        inodes.removeIf(inode -> inode.seen.length == 0);
        for (int i = 0; i < sectors && !inodes.isEmpty(); i++) {
            Inode inode = inodes.get(random.nextInt(inodes.size()));
            unreadable.computeIfAbsent(inode, any -> new BitSet()).set(random.nextInt(inode.seen.length));
        }
    }

    private boolean happens(double share) {
        return share > 0 && chance.nextDouble() < share;
    }

    private void mayFail(double share, String call) throws IOException {
        if (happens(share)) {
            throw new IOException("input/output error: " + call);
        }
    }

    private void mayChange(String call) throws IOException {
        if (readOnly) {
            throw new IOException("read-only file system: " + call);
        }
        mayFail(misbehaviour.names, call);
    }

    @Override
    public void lock() throws IOException, DiskInUseException {
        if (readOnly) {
            throw new IOException("read-only file system");
        }
        mayFail(misbehaviour.opens, "lock");
        if (locked) {
            throw new DiskInUseException("the faulty disk");
        }
        locked = true;
    }

    @Override
    public void unlock() {
        locked = false;
    }

    @Override
    public List<String> list() throws IOException {
        mayFail(misbehaviour.opens, "list");
        return new ArrayList<>(names.keySet());
    }

    private Inode inode(String name) throws IOException {
        Inode inode = names.get(name);
        if (inode == null) {
            throw new FileNotFoundException(name);
        }
        return inode;
    }

    @Override
    public DiskFile open(String name) throws IOException {
        mayFail(misbehaviour.opens, "open " + name);
        return new OpenFile(name, inode(name));
    }

    @Override
    public DiskFile openToWrite(String name) throws IOException {
        if (readOnly) {
            throw new IOException("read-only file system");
        }
        mayFail(misbehaviour.opens, "open " + name);
        return new OpenFile(name, inode(name));
    }

    @Override
    public DiskFile create(String name) throws IOException {
        mayChange("create");
        if (names.containsKey(name)) {
            throw new IOException(name + " exists");
        }
        Inode inode = new Inode();
        change(Map.of(name, inode), List.of());
        observer.changed("create");
        return new OpenFile(name, inode);
    }

    @Override
    public void rename(String from, String to) throws IOException {
        mayChange("rename");
        change(Map.of(to, inode(from)), List.of(from));
        observer.changed("rename");
    }

    @Override
    public void delete(String name) throws IOException {
        mayChange("delete");
        inode(name);
        change(Map.of(), List.of(name));
        observer.changed("delete");
    }

    private void change(Map<String, Inode> added, List<String> removed) {
        Map<String, Inode> becomes = new HashMap<>(added);
        removed.forEach(name -> becomes.put(name, null));
        nameChanges.add(new NameChange(becomes));
        removed.forEach(names::remove);
        names.putAll(added);
    }

    @Override
    public void force() throws IOException {
        mayChange("force names");
        forces++;
        if (!happens(misbehaviour.lies)) {
            safeNames.clear();
            safeNames.putAll(names);
            nameChanges.clear();
        }
        observer.changed("force names");
    }

    @Override
    public String toString() {
        return "the faulty disk";
    }

    private final class OpenFile implements DiskFile {
        private final String name;
        private final Inode inode;
        private boolean open = true;

        OpenFile(String name, Inode inode) {
            this.name = name;
            this.inode = inode;
        }

        private void check() throws IOException {
            if (!open) {
                throw new IOException(name + " is closed");
            }
        }

        @Override
        public long size() throws IOException {
            check();
            return inode.size;
        }

        @Override
        public int read(long position, byte[] target, int offset, int length) throws IOException {
            check();
            mayFail(misbehaviour.reads, "read " + name);
            int from = (int) position;
            int end = Math.min(inode.size, from + length);
            BitSet bad = unreadable.get(inode);
            int at = from;
            while (at < end) {
                int sector = at / SECTOR;
                if (bad != null && bad.get(sector)) {
                    throw new IOException("input/output error: sector " + sector + " of " + name);
                }
                int part = Math.min(end, (sector + 1) * SECTOR) - at;
                System.arraycopy(inode.seen[sector], at % SECTOR, target, offset + at - from, part);
                at += part;
            }
            return Math.max(0, end - from);
        }

        @Override
        public void write(long position, byte[] source, int offset, int length) throws IOException {
            check();
            if (readOnly) {
                throw new IOException("read-only file system");
            }
            int from = (int) position;
            int end = from + length;
            IOException failure = null;
            if (happens(misbehaviour.writes)) {
                end = from + chance.nextInt(length + 1);
                failure = new IOException("input/output error: write to " + name);
            }
            long room = (long) SECTOR * (capacitySectors - sectors() + inode.seen.length);
            if (end > room) {
                end = (int) Math.max(from, room);
                failure = new IOException("no space left on device: write to " + name);
            }
            if (end > from) {
                put(from, end, source, offset);
                observer.changed("write");
            }
            if (failure != null) {
                throw failure;
            }
        }

        private void put(int from, int end, byte[] source, int offset) {
            inode.grow((end + SECTOR - 1) / SECTOR);
            int at = from;
            while (at < end) {
                int sector = at / SECTOR;
                int part = Math.min(end, (sector + 1) * SECTOR) - at;
                byte[] content = inode.seen[sector].clone();
                System.arraycopy(source, offset + at - from, content, at % SECTOR, part);
                if (inode.dirty.get(sector)) {
                    inode.between
                            .computeIfAbsent(sector, any -> new ArrayList<>())
                            .add(inode.seen[sector]);
                }
                inode.dirty.set(sector);
                inode.seen[sector] = content;
                at += part;
            }
            inode.size = Math.max(inode.size, end);
        }

        @Override
        public void force() throws IOException {
            check();
            if (readOnly || happens(misbehaviour.writes)) {
                // Part of it may have reached the platter; the rest will not, for the system takes it for written.
                inode.dirty.stream()
                        .filter(sector -> chance.nextBoolean())
                        .forEach(sector -> inode.safe[sector] = inode.seen[sector]);
                inode.clean();
                throw new IOException("input/output error: force " + name);
            }
            forces++;
            if (!happens(misbehaviour.lies)) {
                inode.force();
            }
            observer.changed("force");
        }

        @Override
        public void close() {
            open = false;
        }
    }
}
