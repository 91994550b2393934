package io.fleetline.device.internal.outbox;

import io.fleetline.protocol.Lane;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * A process that publishes through a DURABLE outbox until it is killed, and tells what it does on its standard output: that
 * is the journal, and it lies outside of the process and of its directory. One line each, before the outbox learns of it
 * where that matters, with a full stop at its end, so that a line which was cut off is known.
 *
 * <pre>
 *   opened STORE RUN STORAGE
 *   found  STORE LANE RUN SEQ VALUE     what the opening found, in order; VALUE is "gap" for a gap
 *   ready
 *   sent   STORE LANE RUN SEQ VALUE     handed out while everything handed out was on disk
 *   ack    STORE LANE UPTO              about to be settled
 *   state  STORAGE                      whenever it changes
 * </pre>
 */
final class PublishingProcess {
    private static final OutboxListener NOBODY = new OutboxListener() {
        @Override
        public void moreToSend() {}

        @Override
        public void commitWanted() {}
    };

    private final Outbox<Long> outbox;
    private final PrintStream journal;
    private final SplittableRandom random;
    private final int mostBody;
    private final int acksPerMille;
    private final long store;
    private final long[] next = new long[4];
    private StorageState state;
    private long value;

    private PublishingProcess(
            Path directory, long maxBytes, long seed, int mostBody, int acksPerMille, PrintStream journal)
            throws OutboxInUseException {
        this.random = new SplittableRandom(seed);
        this.value = seed << 24;
        this.mostBody = mostBody;
        this.acksPerMille = acksPerMille;
        this.journal = journal;
        OutboxSettings settings = new OutboxSettings(
                OutboxMode.DURABLE, Optional.of(directory), maxBytes, 1 << 20, 1 << 16, Overflow.DROP_OLDEST);
        this.outbox = Outbox.open(settings, new java.util.Random(seed), NOBODY, now(), System.currentTimeMillis());
        OutboxSnapshot opened = outbox.snapshot(now());
        this.store = opened.store();
        this.state = opened.storage();
        write("opened " + store + " " + opened.run() + " " + state);
    }

    /** Arguments: the directory, the most that all events may take, a seed, the largest body in bytes, how many of a thousand steps are acks, or "drain". */
    public static void main(String[] arguments) throws Exception {
        PrintStream journal =
                new PrintStream(new java.io.FileOutputStream(java.io.FileDescriptor.out), true, "US-ASCII");
        PublishingProcess process = new PublishingProcess(
                Path.of(arguments[0]),
                Long.parseLong(arguments[1]),
                Long.parseLong(arguments[2]),
                Integer.parseInt(arguments[3]),
                arguments[4].equals("drain") ? 0 : Integer.parseInt(arguments[4]),
                journal);
        process.tellAll();
        if (arguments[4].equals("drain")) {
            process.drain();
            return;
        }
        while (true) {
            process.step();
        }
    }

    private void write(String line) {
        journal.println(line + " .");
    }

    private static long now() {
        return System.nanoTime();
    }

    private void tellAll() {
        outbox.onWelcome(System.currentTimeMillis(), now());
        outbox.commit(now() + 2 * CommitSchedule.PAUSE_NANOS);
        for (Lane lane : Lane.values()) {
            next[lane.number()] = outbox.beginSession(lane);
            Optional<Batch> batch = outbox.next(lane, next[lane.number()], 1000, 1 << 20);
            while (batch.isPresent()) {
                tell("found", batch.get());
                batch = outbox.next(lane, batch.get().next(), 1000, 1 << 20);
            }
            next[lane.number()] = outbox.beginSession(lane);
        }
        write("ready");
    }

    private void tell(String what, Batch batch) {
        for (QueuedItem item : batch.items()) {
            for (long seq = item.seq(); seq <= item.to(); seq++) {
                write(what + " " + store + " " + batch.lane().number() + " "
                        + batch.open().run() + " " + seq + " "
                        + (item.isGap() ? "gap" : ByteBuffer.wrap(item.bytes()).getLong(4)));
            }
        }
    }

    private void step() throws Exception {
        int dice = random.nextInt(1000);
        Lane lane = Lane.of(random.nextInt(3));
        if (dice < 500) {
            append(lane);
        } else if (dice < 750) {
            outbox.commit(now());
        } else if (dice < 1000 - acksPerMille) {
            boolean durable = outbox.snapshot(now()).storage() == StorageState.DURABLE;
            Optional<Batch> batch = outbox.next(lane, next[lane.number()], 1 + random.nextInt(20), 1 << 16);
            if (batch.isPresent()) {
                next[lane.number()] = batch.get().next();
                if (durable) {
                    tell("sent", batch.get());
                }
            }
        } else {
            acknowledge(lane, 1 + random.nextInt(60));
        }
        StorageState after = outbox.snapshot(now()).storage();
        if (after != state) {
            state = after;
            write("state " + state);
        }
    }

    private void append(Lane lane) throws InterruptedException {
        byte[] item = new byte[12 + random.nextInt(mostBody)];
        item[0] = (byte) 0x84;
        ByteBuffer.wrap(item).putLong(4, ++value);
        try {
            outbox.append(lane, item, 0, 0, value, now());
        } catch (OutboxFullException e) {
            acknowledge(lane, 1); // everything held is more urgent
        }
        outbox.takeDropped();
    }

    private void acknowledge(Lane lane, int most) {
        long acked = outbox.snapshot(now()).acked().get(lane.number());
        long upTo = Math.min(next[lane.number()] - 1, acked + most);
        if (upTo > acked) {
            write("ack " + store + " " + lane.number() + " " + upTo);
            outbox.settle(lane, upTo, now());
        }
    }

    private void drain() {
        for (Lane lane : Lane.values()) {
            long last = outbox.snapshot(now()).last().get(lane.number());
            if (last > outbox.snapshot(now()).acked().get(lane.number())) {
                write("ack " + store + " " + lane.number() + " " + last);
                outbox.settle(lane, last, now());
            }
        }
        outbox.close(now());
        write("closed");
    }
}
