package io.fleetline.protocol.cbor;

/** Checks bytes for being UTF-8 (RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF). */
final class Utf8 {
    private static final long NOT_ASCII = 0x8080_8080_8080_8080L;

    private Utf8() {}

    /** Where the first character that is not valid begins; −1 if all are. */
    static int firstInvalid(byte[] array, int from, int to) {
        return isAscii(array, from, to) ? -1 : firstInvalidCharacter(array, from, to);
    }

    /** Whether these eight bytes, or those of them that are not zero, are ASCII. */
    static boolean isAscii(long word) {
        return (word & NOT_ASCII) == 0;
    }

    private static boolean isAscii(byte[] array, int from, int to) {
        int last = to - Long.BYTES;
        if (last < from) {
            return isAscii(Words.first(array, from, to - from));
        }
        for (int pos = from; pos < last; pos += Long.BYTES) {
            if (!isAscii(Words.at(array, pos))) {
                return false;
            }
        }
        return isAscii(Words.at(array, last));
    }

    private static int firstInvalidCharacter(byte[] array, int from, int to) {
        int pos = from;
        while (pos < to) {
            if (array[pos] >= 0) {
                pos++;
            } else {
                int length = characterBytes(array, pos, to);
                if (length == 0) {
                    return pos;
                }
                pos += length;
            }
        }
        return -1;
    }

    /** The length of the character beyond ASCII that begins here, 2 to 4; 0 if it is not valid. */
    private static int characterBytes(byte[] array, int pos, int to) {
        int lead = array[pos] & 0xff;
        int length = lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;
        if (length == 0 || to - pos < length) {
            return 0;
        }
        // The second byte's range depends on the first: RFC 3629 section 4.
        int second = array[pos + 1] & 0xff;
        int least = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
        int most = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
        if (second < least || second > most) {
            return 0;
        }
        for (int i = 2; i < length; i++) {
            if ((array[pos + i] & 0xc0) != 0x80) {
                return 0;
            }
        }
        return length;
    }
}
