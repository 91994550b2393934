package io.fleetline.protocol;

import java.util.BitSet;

/** The forms that names may have, each as the set of its characters. */
final class Names {
    static final BitSet TENANT = set("abcdefghijklmnopqrstuvwxyz0123456789-");
    static final BitSet DEVICE = set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._~-");
    static final BitSet CHANNEL = set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._/-");
    static final BitSet PRINTABLE_ASCII = new BitSet();

    static {
        PRINTABLE_ASCII.set(0x20, 0x7f);
    }

    private Names() {}

    static boolean matches(String text, int mostChars, BitSet allowed) {
        return matches(text, 0, mostChars, allowed);
    }

    private static boolean matches(String text, int from, int mostChars, BitSet allowed) {
        if (text.length() <= from || text.length() > mostChars) {
            return false;
        }
        for (int i = from; i < text.length(); i++) {
            if (!allowed.get(text.charAt(i))) {
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
            throw new IllegalArgumentException(field + " " + quoted(text) + " is not 1 to "
                    + ProtocolLimits.MAX_CHANNEL_CHARS + " of [A-Za-z0-9._/-], with or without a leading $");
        }
        return text;
    }

    static String commandId(String text) {
        if (!matches(text, ProtocolLimits.MAX_COMMAND_ID_CHARS, PRINTABLE_ASCII)) {
            throw new IllegalArgumentException("command id " + quoted(text) + " is not 1 to "
                    + ProtocolLimits.MAX_COMMAND_ID_CHARS + " printable ASCII characters");
        }
        return text;
    }

    /** The text for a message: short, in quotes, without anything that a terminal or a log would obey. */
    static String quoted(String text) {
        StringBuilder safe = new StringBuilder("\"");
        for (int i = 0; i < text.length() && i < 64; i++) {
            char c = text.charAt(i);
            safe.append(PRINTABLE_ASCII.get(c) ? c : '?');
        }
        return safe.append(text.length() > 64 ? "…\"" : "\"").toString();
    }

    private static BitSet set(String characters) {
        BitSet set = new BitSet();
        characters.chars().forEach(set::set);
        return set;
    }
}
