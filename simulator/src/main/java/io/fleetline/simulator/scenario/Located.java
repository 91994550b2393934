package io.fleetline.simulator.scenario;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A piece of a YAML file that knows in which line it stands. */
sealed interface Located {
    YAMLFactory YAML = YAMLFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    /** How the parser names a place. */
    Pattern MARK = Pattern.compile("line (\\d+), column \\d+");

    /** Where it begins, from 1. */
    int line();

    /** One value. */
    record Scalar(int line, String text) implements Located {}

    /**
     * Keys and their values.
     *
     * @param lines where each key stands
     */
    record Keys(int line, Map<String, Integer> lines, Map<String, Located> values) implements Located {
        /** Where a key stands; if it does not, where all begin. */
        int lineOf(String key) {
            return lines.getOrDefault(key, line);
        }
    }

    /** Values one after the other. */
    record Sequence(int line, List<Located> values) implements Located {}

    /**
     * Reads a text; an empty one has no keys.
     *
     * @throws IllegalArgumentException naming the source and the line
     */
    static Located read(String yaml, String source) {
        try (JsonParser parser = YAML.createParser(yaml)) {
            return parser.nextToken() == null ? new Keys(1, Map.of(), Map.of()) : value(parser, source);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(source + " line " + line(e) + ": " + what(e), e);
        } catch (IOException e) {
            throw new IllegalArgumentException(source + ": " + e, e);
        }
    }

    /** Where a text ceases to be YAML; the parser says it better in its words than in the place that it was at. */
    private static String line(JsonProcessingException e) {
        Matcher mark = MARK.matcher(e.getOriginalMessage());
        String line =
                e.getLocation() == null ? "?" : Integer.toString(e.getLocation().getLineNr());
        while (mark.find()) {
            line = mark.group(1);
        }
        return line;
    }

    /** The parser's words without the places and the lines of the text that it shows between them. */
    private static String what(JsonProcessingException e) {
        return e.getOriginalMessage()
                .lines()
                .filter(line -> !line.isBlank() && !line.startsWith(" "))
                .collect(Collectors.joining(", "));
    }

    /** Where the key stands that this path leads to, such as {@code groups[1].name}, or as much of it as there is. */
    static int line(Keys keys, String path) {
        int line = keys.line;
        Located at = keys;
        for (String part : path.split("[.\\[]", -1)) {
            @Nullable Located next = null;
            if (at instanceof Keys here) {
                next = here.values.get(part);
                line = next == null ? line : here.lineOf(part);
            } else if (at instanceof Sequence here) {
                next = here.values.get(Integer.parseInt(part.substring(0, part.indexOf(']'))));
                line = next.line();
            }
            if (next == null) {
                return line;
            }
            at = next;
        }
        return line;
    }

    private static Located value(JsonParser parser, String source) throws IOException {
        int line = parser.currentTokenLocation().getLineNr();
        @Nullable JsonToken token = parser.currentToken();
        if (token == JsonToken.START_OBJECT) {
            Map<String, Integer> lines = new LinkedHashMap<>();
            Map<String, Located> values = new LinkedHashMap<>();
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                String name = parser.currentName();
                lines.put(name, parser.currentTokenLocation().getLineNr());
                parser.nextToken();
                values.put(name, value(parser, source));
            }
            return new Keys(line, lines, values);
        }
        if (token == JsonToken.START_ARRAY) {
            List<Located> values = new ArrayList<>();
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                values.add(value(parser, source));
            }
            return new Sequence(line, values);
        }
        if (token == null || token == JsonToken.VALUE_NULL) {
            throw new IllegalArgumentException(source + " line " + line + ": a value is missing");
        }
        return new Scalar(line, parser.getText());
    }
}
