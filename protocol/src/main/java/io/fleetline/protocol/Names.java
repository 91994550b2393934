package io.fleetline.protocol;

/** The forms that names may have, each as a set of ASCII characters. */
final class Names {
    static final int TENANT = 1;
    static final int DEVICE = 2;
    static final int CHANNEL = 4;
    static final int PRINTABLE_ASCII = 8;

    /** For each ASCII character, in which of the sets above it is. Each event's channel is checked, hence a table. */
    private static final byte[] SETS_OF = new byte[128];

    static {
        for (char c = 0x20; c < 0x7f; c++) {
            SETS_OF[c] = PRINTABLE_ASCII;
        }
        add("abcdefghijklmnopqrstuvwxyz0123456789-", TENANT);
        add("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._~-", DEVICE);
        add("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._/-", CHANNEL);
    }

    private Names() {}

    private static void add(String characters, int set) {
        characters.chars().forEach(c -> SETS_OF[c] |= (byte) set);
    }

    static boolean matches(String text, int mostChars, int set) {
        return matches(text, 0, mostChars, set);
    }

    private static boolean matches(String text, int from, int mostChars, int set) {
        if (text.length() <= from || text.length() > mostChars) {
            return false;
        }
        for (int i = from; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= SETS_OF.length || (SETS_OF[c] & set) == 0) {
                return false;
            }
        }
        return true;
    }

    static boolean onlyDots(String text) {
        return text.chars().allMatch(c -> c == '.');
    }

    /** A channel: 1 to 128 characters, or {@code $} and 1 to 127 of them. */
    static String channel(String field, String text) {
        int from = text.startsWith("$") ? 1 : 0;
        if (!matches(text, from, ProtocolLimits.MAX_CHANNEL_CHARS, CHANNEL)) {
            throw new IllegalArgumentException(field + " " + quoted(text) + " (" + text.length()
                    + " characters) is not 1 to " + ProtocolLimits.MAX_CHANNEL_CHARS
                    + " of [A-Za-z0-9._/-], the first of which may be a $ that others follow");
        }
        return text;
    }

    static String commandId(String text) {
        if (!matches(text, ProtocolLimits.MAX_COMMAND_ID_CHARS, PRINTABLE_ASCII)) {
            throw new IllegalArgumentException("command id " + quoted(text) + " (" + text.length()
                    + " characters) is not 1 to " + ProtocolLimits.MAX_COMMAND_ID_CHARS
                    + " printable ASCII characters");
        }
        return text;
    }

    /**
     * How many bytes of UTF-8 a text has.
     *
     * @throws IllegalArgumentException if it has half of a surrogate pair: UTF-8 cannot say that
     */
    static int utf8Bytes(String field, String text) {
        int bytes = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < 0x80) {
                bytes++;
            } else if (c < 0x800) {
                bytes += 2;
            } else if (!Character.isSurrogate(c)) {
                bytes += 3;
            } else if (Character.isHighSurrogate(c)
                    && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1))) {
                bytes += 4;
                i++;
            } else {
                throw new IllegalArgumentException(
                        field + " " + quoted(text) + " has half of a surrogate pair at character " + i);
            }
        }
        return bytes;
    }

    /** The text for a message: short, in quotes, without anything that a terminal or a log would obey. */
    static String quoted(String text) {
        StringBuilder safe = new StringBuilder("\"");
        for (int i = 0; i < text.length() && i < 64; i++) {
            char c = text.charAt(i);
            safe.append(c >= 0x20 && c < 0x7f ? c : '?');
        }
        return safe.append(text.length() > 64 ? "…\"" : "\"").toString();
    }
}
