package io.fleetline.device.internal.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.fleetline.device.internal.log.LogFormat;
import io.fleetline.protocol.GapReason;
import io.fleetline.protocol.Lane;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What recovery makes of files that are not as they were written. */
class DamageTest {
    private static final OutboxListener NOBODY = new OutboxListener() {
        @Override
        public void moreToSend() {}

        @Override
        public void commitWanted() {}
    };

    @TempDir
    private Path directory;

    private final Random random = new Random(11);

    private Outbox<String> open() throws OutboxInUseException {
        OutboxSettings settings = new OutboxSettings(
                OutboxMode.DURABLE, Optional.of(directory), 1 << 20, 1 << 17, 1 << 16, Overflow.REFUSE);
        return Outbox.open(settings, random, NOBODY, 0, 1_700_000_000_000L);
    }

    private static byte[] body(int number) {
        return ("the body of event " + number + ".").getBytes(StandardCharsets.US_ASCII);
    }

    /** Five events, each forced on its own, in a process that then dies. */
    private void fiveEvents() throws Exception {
        Outbox<String> outbox = open();
        outbox.onWelcome(1_700_000_000_000L, 0);
        for (int i = 1; i <= 5; i++) {
            outbox.append(Lane.NORMAL, body(i), 0, 0, null, 0);
            outbox.commit(i * CommitSchedule.GROUP_NANOS);
        }
        outbox.close(0);
    }

    private Path onlySegment() throws Exception {
        try (Stream<Path> files = Files.list(directory)) {
            List<Path> segments =
                    files.filter(file -> file.toString().endsWith(".log")).toList();
            assertThat(segments).hasSize(1);
            return segments.get(0);
        }
    }

    private static int indexOf(byte[] all, byte[] part) {
        for (int at = 0; at + part.length <= all.length; at++) {
            if (java.util.Arrays.equals(all, at, at + part.length, part, 0, part.length)) {
                return at;
            }
        }
        throw new AssertionError("not there: " + new String(part, StandardCharsets.US_ASCII));
    }

    private static List<QueuedItem> all(Outbox<String> outbox) {
        outbox.onWelcome(1_700_000_100_000L, 0);
        outbox.commit(0);
        return outbox.next(Lane.NORMAL, outbox.beginSession(Lane.NORMAL), 100, 1 << 20)
                .map(Batch::items)
                .orElse(List.of());
    }

    @Test
    void damageInTheMiddleBecomesAGapAndCostsNothingElse() throws Exception {
        fiveEvents();
        Path segment = onlySegment();
        byte[] bytes = Files.readAllBytes(segment);
        bytes[indexOf(bytes, body(3))] ^= 0x10;
        Files.write(segment, bytes);

        Outbox<String> outbox = open();
        List<QueuedItem> items = all(outbox);
        assertThat(items).as("damageInTheMiddle").extracting(QueuedItem::seq).containsExactly(1L, 2L, 3L, 4L, 5L);
        assertThat(items).extracting(QueuedItem::isGap).containsExactly(false, false, true, false, false);
        assertThat(items.get(2).bytes()).endsWith((byte) GapReason.STORAGE_DAMAGED.code());
        assertThat(items.get(4).bytes()).isEqualTo(body(5));
        assertThat(outbox.append(Lane.NORMAL, body(6), 0, 0, null, 0)).isEqualTo(6);
        outbox.close(0);
    }

    @Test
    void aTornTailEndsTheLog() throws Exception {
        fiveEvents();
        Path segment = onlySegment();
        byte[] bytes = Files.readAllBytes(segment);
        int at = indexOf(bytes, body(5));
        java.util.Arrays.fill(bytes, at + 5, bytes.length, (byte) 0);
        Files.write(segment, bytes);

        Outbox<String> outbox = open();
        assertThat(all(outbox)).extracting(QueuedItem::isGap).containsExactly(false, false, false, false);
        assertThat(outbox.append(Lane.NORMAL, body(6), 0, 0, null, 0)).isEqualTo(5);
        outbox.close(0);
    }

    @Test
    void aSpoiltHeadIsReadFromItsCopy() throws Exception {
        fiveEvents();
        Path segment = onlySegment();
        byte[] bytes = Files.readAllBytes(segment);
        java.util.Arrays.fill(bytes, 0, LogFormat.DEFAULT_BLOCK_BYTES, (byte) 0x5a);
        Files.write(segment, bytes);

        Outbox<String> outbox = open();
        assertThat(all(outbox)).hasSize(5).noneMatch(QueuedItem::isGap);
        outbox.close(0);
    }

    @Test
    void aFileThatIsNotReadableIsSetAside() throws Exception {
        fiveEvents();
        Path segment = onlySegment();
        byte[] bytes = Files.readAllBytes(segment);
        java.util.Arrays.fill(bytes, 0, 2 * LogFormat.DEFAULT_BLOCK_BYTES, (byte) 0x5a);
        Files.write(segment, bytes);

        Outbox<String> outbox = open();
        assertThat(outbox.snapshot(0).storage()).isEqualTo(StorageState.DURABLE);
        assertThat(all(outbox)).isEmpty();
        assertThat(Path.of(segment + ".damaged")).hasBinaryContent(bytes);
        outbox.close(0);
    }

    @Test
    void aFileOfALaterVersionWaits() throws Exception {
        fiveEvents();
        Path segment = onlySegment();
        byte[] bytes = Files.readAllBytes(segment);
        for (int copy : new int[] {0, LogFormat.DEFAULT_BLOCK_BYTES}) {
            int body = ByteBuffer.wrap(bytes).getInt(copy + 32);
            bytes[copy + 4] = 2;
            CRC32C crc = new CRC32C();
            crc.update(bytes, copy, 36 + body);
            ByteBuffer.wrap(bytes).putInt(copy + 36 + body, (int) crc.getValue());
        }
        Files.write(segment, bytes);

        Outbox<String> outbox = open();
        assertThat(outbox.snapshot(0).storage()).isEqualTo(StorageState.DISK_UNUSABLE);
        assertThat(outbox.append(Lane.NORMAL, body(1), 0, 0, null, 0)).isEqualTo(1);
        outbox.close(0);
        assertThat(segment).hasBinaryContent(bytes);
    }

    @Test
    void filesOfOthersAreLeftAlone() throws Exception {
        fiveEvents();
        Path notes = Files.writeString(directory.resolve("notes.txt"), "mine");
        Path similar = Files.writeString(directory.resolve("outbox-1.log"), "not a segment's name");
        Outbox<String> outbox = open();
        assertThat(all(outbox)).hasSize(5);
        outbox.close(0);
        assertThat(notes).hasContent("mine");
        assertThat(similar).hasContent("not a segment's name");
    }
}
