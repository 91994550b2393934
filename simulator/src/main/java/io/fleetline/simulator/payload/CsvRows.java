package io.fleetline.simulator.payload;

import java.util.ArrayList;
import java.util.List;

/** Reads comma-separated values (RFC 4180): quotes around a field, doubled quotes within, line breaks within quotes. */
final class CsvRows {
    private final String text;
    private final String source;
    private final List<List<String>> rows = new ArrayList<>();
    private int at;
    private int line = 1;

    private CsvRows(String text, String source) {
        this.text = text;
        this.source = source;
    }

    /** @throws IllegalArgumentException naming the line in which a quote is not closed, or followed by more */
    static List<List<String>> read(String text, String source) {
        CsvRows reader = new CsvRows(text, source);
        while (reader.at < text.length()) {
            reader.row();
        }
        return reader.rows;
    }

    private void row() {
        List<String> fields = new ArrayList<>();
        while (true) {
            fields.add(at < text.length() && text.charAt(at) == '"' ? quoted() : plain());
            if (at < text.length() && text.charAt(at) == ',') {
                at++;
                continue;
            }
            break;
        }
        if (at < text.length() && text.charAt(at) == '\r') {
            at++;
        }
        if (at < text.length() && text.charAt(at) != '\n') {
            throw new IllegalArgumentException(source + " line " + line + ": more follows a closing quote");
        }
        at++;
        line++;
        if (fields.size() > 1 || !fields.get(0).isEmpty()) {
            rows.add(fields);
        }
    }

    private String plain() {
        int begin = at;
        while (at < text.length() && ",\r\n".indexOf(text.charAt(at)) < 0) {
            at++;
        }
        return text.substring(begin, at);
    }

    private String quoted() {
        StringBuilder field = new StringBuilder();
        int opened = line;
        at++;
        while (at < text.length()) {
            char c = text.charAt(at++);
            if (c == '"') {
                if (at < text.length() && text.charAt(at) == '"') {
                    at++;
                } else {
                    return field.toString();
                }
            }
            if (c == '\n') {
                line++;
            }
            field.append(c);
        }
        throw new IllegalArgumentException(source + " line " + opened + ": a quote is not closed");
    }
}
