package io.fleetline.device.internal.command;

import io.fleetline.device.internal.connection.ConnectionLoop;
import io.fleetline.device.internal.log.DirectoryDisk;
import io.fleetline.device.internal.log.Disk;
import io.fleetline.device.internal.log.DiskInUseException;
import io.fleetline.device.internal.log.LogFormat;
import io.fleetline.device.internal.log.SegmentLog;
import io.fleetline.protocol.Item;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A ledger on disk. Each change is forced before anybody acts on it, several at once where they come at once. A segment of
 * its log begins with all that is known, which is why at most one is of use.
 *
 * <p>A disk that cannot be written to keeps nobody from receiving commands; whoever asked is told, and all that is known
 * is written once the disk takes it again.
 */
public final class DurableLedger implements CommandLedger {
    private static final Logger LOG = LoggerFactory.getLogger(DurableLedger.class);

    /** Room for some thousand small commands, and small enough to be written anew at each start. */
    private static final int SEGMENT_BYTES = 256 * 1024;

    /** How long a settlement waits for other changes: forgetting it costs no more than an outcome that is told twice. */
    private static final long SETTLE_NANOS = 1_000_000_000;

    private static final long RETRY_NANOS = 1_000_000_000;
    private static final long LONGEST_RETRY_NANOS = 30_000_000_000L;

    private final ConnectionLoop loop;
    private final Executor diskExecutor;
    private final Disk disk;
    private final LedgerContents contents;
    private final ConnectionLoop.Timer timer;
    private final long clockOffsetMillis;

    private List<LedgerRecord> unwritten = new ArrayList<>();
    private List<Waiting> waiting = new ArrayList<>();
    /** Whether the next segment must begin, since nobody knows what the newest has. */
    private boolean allUnwritten = true;

    private boolean writing;
    private boolean closing;
    private Runnable afterClosing = () -> {};
    private int failures;

    // Used by the executor of the disk while writing, by the loop otherwise.
    private final @Nullable SegmentLog log;
    private boolean locked;

    private record Waiting(Runnable safe, Consumer<String> failed) {}

    /** What is written at once. */
    private record Batch(boolean beginsSegment, long ledgerMillis, List<LedgerRecord> records, long unixMillis) {
        int bytes() {
            return records.stream().mapToInt(LedgerRecord::bytes).sum();
        }
    }

    private DurableLedger(
            ConnectionLoop loop,
            Executor diskExecutor,
            Disk disk,
            LedgerContents contents,
            @Nullable SegmentLog log,
            boolean locked,
            long clockMillis) {
        this.loop = loop;
        this.diskExecutor = diskExecutor;
        this.disk = disk;
        this.contents = contents;
        this.log = log;
        this.locked = locked;
        this.clockOffsetMillis = clockMillis - loop.time().nanos() / 1_000_000;
        this.timer = loop.timer(this::write);
    }

    /**
     * Opens the ledger in a directory of its own, and reads what is there; writes nothing yet. Any thread.
     *
     * @param diskExecutor runs what blocks
     * @param random salts files; it must not repeat itself from one process to the next
     * @throws DiskInUseException if the directory is open elsewhere; nothing else keeps a ledger from opening
     */
    public static DurableLedger open(Path directory, ConnectionLoop loop, Executor diskExecutor, RandomGenerator random)
            throws DiskInUseException {
        LogFormat format = new LogFormat("ledger", (byte) 'L', SEGMENT_BYTES, LogFormat.DEFAULT_BLOCK_BYTES);
        return open(new DirectoryDisk(directory), format, new LedgerContents(), loop, diskExecutor, random);
    }

    static DurableLedger open(
            Disk disk,
            LogFormat format,
            LedgerContents contents,
            ConnectionLoop loop,
            Executor diskExecutor,
            RandomGenerator random)
            throws DiskInUseException {
        boolean locked = false;
        try {
            disk.lock();
            locked = true;
        } catch (IOException e) {
            LOG.warn("{}: the ledger of commands cannot be written to for now: {}", disk, e.toString());
        }
        LedgerRecord.Reading reading = new LedgerRecord.Reading(contents);
        SegmentLog log = null;
        try {
            log = SegmentLog.open(disk, format, random, reading);
        } catch (IOException e) {
            LOG.error("{}: the ledger of commands cannot be read until the next start: {}", disk, e.toString());
        }
        if (reading.damages() > 0) {
            LOG.warn("{}: the ledger of commands is damaged, {} commands are known", disk, contents.size());
        }
        contents.forget(reading.clockMillis());
        return new DurableLedger(loop, diskExecutor, disk, contents, log, locked, reading.clockMillis());
    }

    private long nowMillis() {
        return clockOffsetMillis + loop.time().nanos() / 1_000_000;
    }

    @Override
    public Optional<Entry> find(String id) {
        return contents.find(id);
    }

    @Override
    public void received(Received received, Runnable safe, Consumer<String> failed) {
        contents.received(received);
        write(LedgerRecord.received(received), new Waiting(safe, failed));
    }

    @Override
    public void done(Item.Outcome outcome, Runnable safe, Consumer<String> failed) {
        long now = nowMillis();
        contents.done(outcome, now);
        write(LedgerRecord.ended(new LedgerContents.Ended(outcome, now, false)), new Waiting(safe, failed));
    }

    @Override
    public void forget(String id) {
        contents.forget(id);
    }

    @Override
    public void settled(String id) {
        long now = nowMillis();
        if (contents.settled(id, now)) {
            unwritten.add(LedgerRecord.settled(id, now));
            if (!writing && !closing && failures == 0) {
                timer.set(loop.time().nanos() + SETTLE_NANOS);
            }
        }
    }

    @Override
    public List<Entry> interrupted() {
        return contents.interrupted();
    }

    @Override
    public List<Entry> untold() {
        return contents.untold();
    }

    @Override
    public void close(Runnable afterwards) {
        closing = true;
        afterClosing = afterwards;
        if (!writing) {
            writeOrClose();
        }
    }

    private void write(LedgerRecord record, Waiting who) {
        if (closing) {
            return; // it would be written behind the back of whoever opens the directory next
        }
        unwritten.add(record);
        waiting.add(who);
        write();
    }

    private void write() {
        if (!writing && !closing) {
            writeOrClose();
        }
    }

    private void writeOrClose() {
        if (unwritten.isEmpty() && failures == 0) {
            if (closing) {
                onDisk(this::closeDisk);
            }
            return;
        }
        Batch batch = nextBatch();
        List<Waiting> told = waiting;
        unwritten = new ArrayList<>();
        waiting = new ArrayList<>();
        writing = true;
        onDisk(() -> {
            Optional<String> failure = commit(batch);
            loop.execute(() -> written(told, failure));
        });
    }

    private void onDisk(Runnable task) {
        try {
            diskExecutor.execute(task);
        } catch (RejectedExecutionException e) {
            LOG.debug("{}: the runtime is closed", disk, e);
            task.run();
        }
    }

    private Batch nextBatch() {
        long unixMillis = loop.time().unixMillis();
        Batch more = new Batch(false, nowMillis(), unwritten, unixMillis);
        // Not only the log's room counts: its batch begins with a record of its own.
        if (!allUnwritten && log != null && log.headId() != 0 && more.bytes() + 64 <= log.room()) {
            return more;
        }
        List<LedgerRecord> all = new ArrayList<>(contents.size());
        contents.forEach(
                ended -> all.add(LedgerRecord.ended(ended)), received -> all.add(LedgerRecord.received(received)));
        return new Batch(true, nowMillis(), all, unixMillis);
    }

    /** On the executor of the disk. Returns what went wrong, if something did. */
    private Optional<String> commit(Batch batch) {
        if (log == null) {
            return Optional.of("the ledger of commands could not be read at opening");
        }
        try {
            if (!locked) {
                disk.lock();
                locked = true;
            }
            if (batch.beginsSegment()) {
                log.beginSegment(LedgerRecord.head(batch.ledgerMillis()), batch.bytes(), batch.unixMillis());
            } else {
                log.beginBatch(batch.unixMillis());
            }
            batch.records().forEach(record -> record.addTo(log));
            log.commit();
        } catch (IOException | DiskInUseException e) {
            return Optional.of("the ledger of commands cannot be written to: " + e.getMessage());
        }
        if (batch.beginsSegment()) {
            Set<Long> before = new TreeSet<>(log.segments());
            before.remove(log.headId());
            before.forEach(log::recycle);
        }
        log.prepare();
        return Optional.empty();
    }

    private void written(List<Waiting> told, Optional<String> failure) {
        writing = false;
        if (failure.isEmpty()) {
            failures = 0;
            allUnwritten = false;
            told.forEach(who -> who.safe().run());
        } else {
            if (failures++ == 0) {
                LOG.warn("{}: {}", disk, failure.get());
            }
            allUnwritten = true;
            told.forEach(who -> who.failed().accept(failure.get()));
        }
        if (closing && failure.isPresent()) {
            onDisk(this::closeDisk);
        } else if (closing) {
            writeOrClose();
        } else if (failure.isPresent()) {
            int doublings = Math.min(failures - 1, 5);
            timer.set(loop.time().nanos() + Math.min(RETRY_NANOS << doublings, LONGEST_RETRY_NANOS));
        } else if (!unwritten.isEmpty()) {
            if (waiting.isEmpty()) {
                timer.set(loop.time().nanos() + SETTLE_NANOS);
            } else {
                write();
            }
        }
    }

    private void closeDisk() {
        if (log != null) {
            log.close();
        }
        if (locked) {
            disk.unlock();
        }
        loop.execute(afterClosing);
    }
}
