package io.fleetline.device.internal.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetline.device.internal.log.DirectoryDisk;
import io.fleetline.device.internal.log.LogFormat;
import io.fleetline.protocol.GapReason;
import io.fleetline.protocol.Lane;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Files that a release wrote can be read by all that follow: the resources of this test were written by {@link #main} when
 * version 1 was new, and stay as they are. Also reads them as docs/outbox-format.md says, without any of the outbox's code.
 */
class OutboxFormatTest {
    private static final String RESOURCES = "/outbox-version-1/";
    private static final List<String> FILES =
            List.of("outbox-0000000000000001.log", "outbox-0000000000000004.log", "outbox-0000000000000005.spare");
    private static final LogFormat FORMAT = new LogFormat("outbox", (byte) 'O', 16 * 1024, 4096);
    private static final long NODE_MILLIS = 1_700_000_000_000L;
    private static final OutboxListener NOBODY = new OutboxListener() {
        @Override
        public void moreToSend() {}

        @Override
        public void commitWanted() {}
    };

    @TempDir
    private Path directory;

    private static Outbox<String> open(Path directory, long seed) throws OutboxInUseException {
        OutboxSettings settings = new OutboxSettings(
                OutboxMode.DURABLE, Optional.of(directory), 64_000, 16_000, 20_000, Overflow.DROP_OLDEST);
        return Outbox.open(settings, new DirectoryDisk(directory), FORMAT, new Random(seed), NOBODY, 0, NODE_MILLIS);
    }

    private static byte[] item(int number) {
        byte[] text = ("event " + number).getBytes(StandardCharsets.US_ASCII);
        return ByteBuffer.allocate(5 + text.length)
                .put(new byte[] {(byte) 0x84, 0, 0x61, 'c', 0})
                .put(text)
                .array();
    }

    /** Writes the files of the present version into a directory. */
    public static void main(String[] arguments) throws Exception {
        Path directory = Path.of(arguments[0]);
        Outbox<String> first = open(directory, 1);
        first.onWelcome(NODE_MILLIS, 0);
        first.append(Lane.NORMAL, item(1), 0, 0, null, 0);
        first.append(Lane.NORMAL, item(2), 0, 0, null, 0);
        first.append(Lane.NORMAL, item(3), 3_600_000_000_000L, 0, null, 0);
        first.append(Lane.URGENT, item(4), 0, 0, null, 0);
        for (int i = 0; i < 8; i++) { // what makes the first segment too full to be emptied by the second run
            byte[] large = new byte[700];
            System.arraycopy(item(5), 0, large, 0, item(5).length);
            first.append(Lane.BACKFILL, large, 0, 0, null, 0);
        }
        first.commit(0);
        first.commit(CommitSchedule.GROUP_NANOS);
        assertThat(first.next(Lane.NORMAL, first.beginSession(Lane.NORMAL), 100, 1 << 20))
                .isPresent();
        first.settle(Lane.NORMAL, 1, CommitSchedule.GROUP_NANOS);
        first.refuse(Lane.NORMAL, 2, CommitSchedule.GROUP_NANOS);
        first.close(2 * CommitSchedule.GROUP_NANOS);

        Outbox<String> second = open(directory, 2);
        second.onWelcome(NODE_MILLIS + 60_000, 0);
        second.append(Lane.NORMAL, item(6), 0, 0, null, 0);
        second.append(Lane.OUTCOMES, item(7), 0, 0, null, 0);
        second.commit(0);
        second.close(CommitSchedule.GROUP_NANOS);
    }

    private static byte[] resource(String name) throws Exception {
        try (InputStream in = OutboxFormatTest.class.getResourceAsStream(RESOURCES + name)) {
            assertThat(in).as(name).isNotNull();
            return in.readAllBytes();
        }
    }

    private static List<String> told(Outbox<String> outbox, Lane lane) {
        List<String> told = new ArrayList<>();
        long from = outbox.beginSession(lane);
        for (Optional<Batch> batch = outbox.next(lane, from, 100, 1 << 20);
                batch.isPresent();
                batch = outbox.next(lane, from, 100, 1 << 20)) {
            for (QueuedItem item : batch.get().items()) {
                byte[] bytes = item.bytes();
                told.add(Long.toHexString(batch.get().open().run()) + "/"
                        + batch.get().open().order() + " " + item.seq() + " "
                        + (item.isGap()
                                ? "gap " + bytes[bytes.length - 1]
                                : new String(bytes, 5, Math.min(7, bytes.length - 5), StandardCharsets.US_ASCII)));
            }
            from = batch.get().next();
        }
        return told;
    }

    @Test
    void whatVersionOneWroteIsReadBack() throws Exception {
        for (String file : FILES) {
            Files.write(directory.resolve(file), resource(file));
        }
        Outbox<String> outbox = open(directory, 3);
        OutboxSnapshot found = outbox.snapshot(0);
        assertThat(found.storage()).isEqualTo(StorageState.DURABLE);
        assertThat(Long.toHexString(found.store())).isEqualTo("bb1ad573");
        assertThat(found.acked()).containsExactly(1L, 0L, 0L, 0L);
        assertThat(found.last()).containsExactly(4L, 1L, 8L, 1L);
        outbox.onWelcome(NODE_MILLIS, 0);
        outbox.commit(0);
        assertThat(told(outbox, Lane.NORMAL))
                .containsExactly(
                        "19b89cd8/1700000000 2 gap " + GapReason.REFUSED.code(),
                        "19b89cd8/1700000000 3 event 3",
                        "bb2c7239/1700000060 4 event 6");
        assertThat(told(outbox, Lane.URGENT)).containsExactly("19b89cd8/1700000000 1 event 4");
        assertThat(told(outbox, Lane.BACKFILL)).hasSize(8).allMatch(item -> item.endsWith("event 5"));
        assertThat(told(outbox, Lane.OUTCOMES)).containsExactly("bb2c7239/1700000060 1 event 7");
        outbox.beginSession(Lane.NORMAL); // nothing is in flight any more
        outbox.expire(3_600_000_000_000L);
        assertThat(outbox.snapshot(0).dropped()).containsEntry(GapReason.EXPIRED, 1L);
        outbox.close(0);
    }

    @Test
    void theFilesAreAsTheDocumentSays() throws Exception {
        assertThat(records(resource(FILES.get(0)), 1))
                .containsExactly(
                        "1:11", "1:11", "40:4", "41:10", "11:13", "10:13", "10:13", "20:19", "12:701", "12:701",
                        "12:701", "12:701", "12:701", "12:701", "12:701", "12:701", "1:11", "40:4", "30:3");
        assertThat(records(resource(FILES.get(1)), 4))
                .containsExactly("1:11", "30:3", "1:11", "40:4", "41:10", "41:10", "13:13", "10:13", "1:11", "40:4");
    }

    /** Types and sizes of a segment's records, with everything checked on the way that the document promises. */
    private static List<String> records(byte[] file, long id) {
        ByteBuffer head = ByteBuffer.wrap(file);
        assertThat(head.getInt()).isEqualTo(0x464c5347);
        assertThat(head.get()).isEqualTo((byte) 1);
        assertThat(head.get()).isEqualTo((byte) 'O');
        assertThat(head.getShort()).isZero();
        assertThat(head.getLong()).isEqualTo(id);
        byte[] salt = new byte[8];
        head.get(salt);
        head.getLong();
        int body = head.getInt();
        assertThat(head.getInt(36 + body)).isEqualTo(sum(file, 0, 36 + body));
        int copy = (36 + body + 4 + 4095) / 4096 * 4096;
        assertThat(file).as("the second copy").startsWith(java.util.Arrays.copyOfRange(file, copy, copy + 40 + body));
        List<String> records = new ArrayList<>();
        int at = 2 * copy;
        while (file[at] == (byte) (salt[7] | 1) && file[at + 1] != 0) {
            int length = file[at + 2] & 0x7f;
            int payload = at + 7;
            if (file[at + 2] < 0) {
                length |= file[at + 3] << 7;
                payload++;
            }
            CRC32C crc = new CRC32C();
            for (int i = 7; i >= 0; i--) {
                crc.update(salt[i]);
            }
            for (int shift = 0; shift < 32; shift += 8) {
                crc.update(at >>> shift);
            }
            crc.update(file, at + 1, payload - 4 - at - 1);
            crc.update(file, payload, length);
            assertThat(ByteBuffer.wrap(file).getInt(payload - 4)).isEqualTo((int) crc.getValue());
            records.add(Integer.toHexString(file[at + 1]) + ":" + length);
            at = payload + length;
        }
        return records;
    }

    private static int sum(byte[] bytes, int offset, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, offset, length);
        return (int) crc.getValue();
    }
}
