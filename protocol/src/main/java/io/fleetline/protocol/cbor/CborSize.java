package io.fleetline.protocol.cbor;

/** How many bytes the parts of an envelope take, with definite lengths and shortest heads. */
final class CborSize {
    private CborSize() {}

    /** A head with this argument: a number's value, a string's bytes, an array's elements or a map's pairs. */
    static int head(long argument) {
        if (argument < 0) {
            return 9; // unsigned, from 2^63 on
        }
        if (argument < 24) {
            return 1;
        }
        if (argument < 0x100) {
            return 2;
        }
        if (argument < 0x1_0000) {
            return 3;
        }
        return argument < 0x1_0000_0000L ? 5 : 9;
    }

    static int text(String text) {
        int bytes = utf8(text);
        return head(bytes) + bytes;
    }

    /** The text's bytes of UTF-8. The values let no half of a surrogate pair through: each surrogate is worth two bytes. */
    static int utf8(String text) {
        int bytes = text.length();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= 0x80) {
                bytes += c < 0x800 || Character.isSurrogate(c) ? 1 : 2;
            }
        }
        return bytes;
    }
}
