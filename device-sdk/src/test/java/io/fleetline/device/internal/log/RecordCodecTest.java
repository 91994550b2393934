package io.fleetline.device.internal.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What passes for a record of a segment. */
class RecordCodecTest {
    private static final int OFFSET = 4_711;

    private final SplittableRandom random = new SplittableRandom(1);

    @Test
    void whatWasSealedIsGoodAtItsPlaceInItsSegment() {
        for (int payload : new int[] {0, 1, 127, 128, 16_383, 16_384, 100_000}) {
            byte[] record = record(7, payload);
            assertThat(new RecordCodec(7).check(record, 0, record.length, OFFSET))
                    .isEqualTo(payload);
            assertThat(new RecordCodec(7).check(record, 0, record.length - 1, OFFSET))
                    .as("cut off")
                    .isEqualTo(-1);
        }
    }

    /** A file is used again without being wiped: what its earlier life left behind lies at good places, with good sums. */
    @Test
    void aRecordOfAnEarlierLifeOfTheFileIsNot() {
        for (int i = 0; i < 1_000; i++) {
            long salt = random.nextLong();
            // The lowest byte is the marker: another salt with the same one, so that the sum alone tells.
            long later = salt ^ (random.nextLong() << 8);
            byte[] record = record(salt, random.nextInt(300));
            assertThat(new RecordCodec(later).check(record, 0, record.length, OFFSET))
                    .as("salt %x, then %x", salt, later)
                    .isEqualTo(-1);
        }
    }

    @Test
    void aRecordAtAnotherPlaceIsNot() {
        byte[] record = record(7, 100);
        assertThat(new RecordCodec(7).check(record, 0, record.length, OFFSET + 512))
                .isEqualTo(-1);
    }

    @Test
    void aRecordWithAChangedBitIsNot() {
        byte[] record = record(7, 100);
        for (int bit = 0; bit < 8 * record.length; bit++) {
            byte[] changed = Arrays.copyOf(record, record.length);
            changed[bit / 8] ^= (byte) (1 << (bit % 8));
            assertThat(new RecordCodec(7).check(changed, 0, changed.length, OFFSET))
                    .as("bit %d", bit)
                    .isEqualTo(-1);
        }
    }

    private byte[] record(long salt, int payload) {
        int header = RecordCodec.headerBytes(payload);
        byte[] record = new byte[header + payload];
        random.nextBytes(record);
        new RecordCodec(salt).seal(record, 0, 3, payload, OFFSET);
        return record;
    }
}
