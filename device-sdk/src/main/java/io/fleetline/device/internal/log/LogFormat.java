package io.fleetline.device.internal.log;

import java.util.HexFormat;

/**
 * How the files of one log are called and cut.
 *
 * @param prefix what their names begin with
 * @param kind what the log is for; a file of another kind is set aside
 * @param segmentBytes how large a file is, unless one batch needs more
 * @param blockBytes what heads are aligned to: at least what the disk writes at once
 */
public record LogFormat(String prefix, byte kind, int segmentBytes, int blockBytes) {
    /** The largest file that a place can point into. */
    public static final int MAX_SEGMENT_BYTES = 1 << 24;

    /** The page size of the machines at hand, and a multiple of the sectors of all disks. */
    public static final int DEFAULT_BLOCK_BYTES = 4096;

    private static final HexFormat HEX = HexFormat.of();

    /** @throws IllegalArgumentException if the sizes do not fit together */
    public LogFormat {
        if (Integer.bitCount(blockBytes) != 1 || segmentBytes < 4 * blockBytes || segmentBytes > MAX_SEGMENT_BYTES) {
            throw new IllegalArgumentException("segments of " + segmentBytes + " bytes with blocks of " + blockBytes);
        }
    }

    String segmentName(long id) {
        return prefix + "-" + HEX.toHexDigits(id) + ".log";
    }

    String spareName(long id) {
        return prefix + "-" + HEX.toHexDigits(id) + ".spare";
    }

    /** The id in a name of this ending, −1 if it is no such name. */
    long id(String name, String ending) {
        int digits = prefix.length() + 1;
        if (!name.startsWith(prefix + "-")
                || !name.endsWith(ending)
                || name.length() != digits + 16 + ending.length()) {
            return -1;
        }
        try {
            return Long.parseLong(name, digits, digits + 16, 16);
        } catch (NumberFormatException e) {
            return -1;
        }
    }
}
