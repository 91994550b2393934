package io.fleetline.ingest.jetty;

/** Makes text that a peer sent fit for a log: one line, short, and nothing in it that a terminal obeys. */
final class Printable {
    private static final int MAX_CHARS = 256;

    private Printable() {}

    static String of(Object text) {
        String raw = String.valueOf(text);
        StringBuilder line = new StringBuilder(Math.min(raw.length(), MAX_CHARS) + 1);
        for (int i = 0; i < raw.length() && line.length() < MAX_CHARS; i++) {
            char c = raw.charAt(i);
            if (Character.isISOControl(c) || c == '\u2028' || c == '\u2029' || Character.isSurrogate(c)) {
                line.append(String.format("\\u%04x", (int) c));
            } else {
                line.append(c);
            }
        }
        return raw.length() > MAX_CHARS ? line.append('…').toString() : line.toString();
    }
}
