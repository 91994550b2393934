package io.fleetline.simulator.payload;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.csv.CsvFactory;
import com.fasterxml.jackson.dataformat.csv.CsvParser;
import io.fleetline.device.Body;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Real data from a file, line by line and then from the beginning again. Each device begins at a line that is drawn.
 *
 * @param lines what the file says, one reading each, at least one
 */
public record Replay(List<Map<String, Object>> lines) implements PayloadModel {
    /** So much is kept in memory. */
    private static final long MOST_BYTES = 64L * 1024 * 1024;

    private static final CsvFactory CSV = new CsvFactory().enable(CsvParser.Feature.SKIP_EMPTY_LINES);

    /** Keeps its own copy of the list. */
    public Replay {
        lines = List.copyOf(lines);
        if (lines.isEmpty()) {
            throw new IllegalArgumentException("there is nothing to replay: no lines");
        }
    }

    /**
     * Reads a file: CSV (RFC 4180) with names in its first line if it ends in {@code .csv}, where what looks like a number is
     * one; else one JSON object on each line.
     *
     * @throws IllegalArgumentException if the file cannot be read, is larger than 64 MiB, or a line is not of its form; the
     *     message names file and line
     */
    public static Replay read(Path file) {
        try {
            if (Files.size(file) > MOST_BYTES) {
                throw new IllegalArgumentException(file + " is larger than " + MOST_BYTES + " bytes");
            }
            String read = Files.readString(file, UTF_8);
            String text = read.startsWith("\uFEFF") ? read.substring(1) : read; // as spreadsheets write it
            return new Replay(file.toString().endsWith(".csv") ? csv(text, file) : jsonLines(text, file));
        } catch (IOException e) {
            throw new IllegalArgumentException("cannot read " + file + ": " + e, e);
        }
    }

    private static List<Map<String, Object>> jsonLines(String text, Path file) {
        List<Map<String, Object>> readings = new ArrayList<>();
        int number = 0;
        for (String line : text.lines().toList()) {
            number++;
            if (line.isBlank()) {
                continue;
            }
            try {
                readings.add(Body.json(line).asMap());
            } catch (IllegalArgumentException | IllegalStateException e) {
                throw new IllegalArgumentException(file + " line " + number + ": " + e.getMessage(), e);
            }
        }
        return readings;
    }

    private static List<Map<String, Object>> csv(String text, Path file) throws IOException {
        List<Map<String, Object>> readings = new ArrayList<>();
        try (CsvParser rows = CSV.createParser(text)) {
            if (rows.nextToken() == null) {
                return List.of();
            }
            List<String> names = fields(rows);
            while (rows.nextToken() != null) {
                long line = rows.currentLocation().getLineNr();
                List<String> values = fields(rows);
                if (values.size() != names.size()) {
                    throw new IllegalArgumentException(file + " line " + line + " has " + values.size()
                            + (values.size() == 1 ? " field" : " fields") + ", the first line has " + names.size());
                }
                Map<String, Object> reading = new LinkedHashMap<>();
                for (int i = 0; i < names.size(); i++) {
                    reading.put(names.get(i), value(values.get(i)));
                }
                readings.add(reading);
            }
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(
                    file + " line " + e.getLocation().getLineNr() + ": " + e.getOriginalMessage(), e);
        }
        return readings;
    }

    /** Of the row that has begun. */
    private static List<String> fields(CsvParser rows) throws IOException {
        List<String> fields = new ArrayList<>();
        while (rows.nextToken() != JsonToken.END_ARRAY) {
            fields.add(rows.getText());
        }
        return fields;
    }

    private static Object value(String text) {
        if (text.matches("-?\\d{1,18}")) {
            return Long.parseLong(text);
        }
        if (text.matches("-?\\d+(\\.\\d+)?([eE][+-]?\\d{1,3})?")) {
            return Double.parseDouble(text);
        }
        return text;
    }

    @Override
    public Readings begin(Random random) {
        int begin = random.nextInt(lines.size());
        return new Readings() {
            private int next = begin;

            @Override
            public Map<String, Object> next(double seconds) {
                Map<String, Object> line = lines.get(next);
                next = (next + 1) % lines.size();
                return new LinkedHashMap<>(line);
            }
        };
    }
}
