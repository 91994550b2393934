package io.fleetline.ingest.jetty;

/** Makes text that a peer sent fit for a log: one line, short, and nothing in it that a terminal obeys. */
final class Printable {
    private static final int MAX_CHARS = 256;

    private Printable() {}

    static String of(Object text) {
        String raw = String.valueOf(text);
        StringBuilder line = new StringBuilder(Math.min(raw.length(), MAX_CHARS) + 1);
        for (int i = 0; i < raw.length(); i++) {
            char c = raw.charAt(i);
            String piece = isText(c) ? String.valueOf(c) : String.format("\\u%04x", (int) c);
            if (line.length() + piece.length() > MAX_CHARS) {
                return line.append('…').toString();
            }
            line.append(piece);
        }
        return line.toString();
    }

    /** Not so: line ends of any kind, what a terminal obeys, half characters, and what turns the order of others round. */
    private static boolean isText(char c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
    }
}
