package io.fleetline.ingest;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Reads a configuration file: YAML with the names of {@link IngestConfig}'s records, in which whatever is not said keeps its
 * default. Durations are written as {@code 250ms}, {@code 10s}, {@code 5m}, {@code 2h}, {@code 3d}; bytes as numbers or as
 * {@code 64KiB}, {@code 1MiB}, {@code 2GiB}.
 */
final class ConfigReader {
    /** The places in the tree whose keys are not ours. */
    static final Set<String> FREE = Set.of("kafka.client", "log.levels");

    private static final Pattern SIZE = Pattern.compile("(\\d{1,12})\\s?([KMG])iB");
    private static final Map<String, Long> UNITS = Map.of("K", 1L << 10, "M", 1L << 20, "G", 1L << 30);

    private static final YAMLFactory YAML = YAMLFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private final ObjectMapper mapper = ConfigMapping.mapper();
    private final String source;

    private ConfigReader(String source) {
        this.source = source;
    }

    /**
     * Reads a text.
     *
     * @param source what to call it in messages
     */
    static IngestConfig parse(String yaml, String source) {
        return parse(yaml, source, List.of());
    }

    static IngestConfig parse(String yaml, String source, List<ConfigOverride> overrides) {
        return new ConfigReader(source).parse(yaml, overrides);
    }

    /** All that can be said, with the default of each. */
    static ObjectNode template() {
        ObjectNode defaults = ConfigMapping.mapper().valueToTree(IngestConfig.DEFAULTS);
        defaults.withObject("/listener").set("tls", ConfigMapping.templateOfTls());
        return defaults;
    }

    private IngestConfig parse(String yaml, List<ConfigOverride> overrides) {
        ObjectNode defaults = template();
        ObjectNode given = readTree(yaml, defaults);
        for (ConfigOverride override : overrides) {
            merge(given, new ConfigReader(override.source()).readTree(override.yaml(), defaults));
        }
        if (!given.path("listener").has("tls")) {
            defaults.withObject("/listener").putNull("tls");
        }
        merge(defaults, given);
        try {
            return mapper.treeToValue(defaults, IngestConfig.class);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(source + ": " + reason(e), e);
        }
    }

    private ObjectNode readTree(String yaml, ObjectNode template) {
        try (JsonParser parser = YAML.createParser(yaml)) {
            JsonToken first = parser.nextToken();
            if (first == null) {
                return JsonNodeFactory.instance.objectNode();
            }
            if (first != JsonToken.START_OBJECT) {
                throw at(parser, "keys are expected, not " + first);
            }
            return readObject(parser, template, "");
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(
                    source + " line "
                            + (e.getLocation() == null ? "?" : e.getLocation().getLineNr()) + ": "
                            + e.getOriginalMessage(),
                    e);
        } catch (IOException e) {
            throw new IllegalArgumentException(source + ": " + e, e);
        }
    }

    private ObjectNode readObject(JsonParser parser, JsonNode template, String path) throws IOException {
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            String full = path.isEmpty() ? name : path + "." + name;
            JsonNode expected = template.path(name);
            boolean free = FREE.contains(path);
            if (expected.isMissingNode() && !free) {
                throw at(parser, "unknown key " + full + nearest(name, template));
            }
            parser.nextToken();
            object.set(name, free ? TextNode.valueOf(parser.getText()) : readValue(parser, expected, full));
        }
        return object;
    }

    private JsonNode readValue(JsonParser parser, JsonNode expected, String path) throws IOException {
        if (expected.isObject()) {
            if (parser.currentToken() != JsonToken.START_OBJECT) {
                throw at(parser, path + " has keys of its own, not a value");
            }
            return readObject(parser, expected, path);
        }
        if (!parser.currentToken().isScalarValue() || parser.currentToken() == JsonToken.VALUE_NULL) {
            throw at(parser, path + " is one value");
        }
        String text = parser.getText();
        if (expected.isNumber()) {
            return number(parser, path, text);
        }
        if (expected.isBoolean()) {
            if (!parser.currentToken().isBoolean()) {
                throw at(parser, path + " is true or false, not " + text);
            }
            return JsonNodeFactory.instance.booleanNode(parser.getBooleanValue());
        }
        return TextNode.valueOf(text);
    }

    private JsonNode number(JsonParser parser, String path, String text) {
        Matcher size = SIZE.matcher(text);
        if (size.matches()) {
            return LongNode.valueOf(Long.parseLong(size.group(1)) * UNITS.getOrDefault(size.group(2), 1L));
        }
        try {
            return LongNode.valueOf(Long.parseLong(text.replace("_", "")));
        } catch (NumberFormatException e) {
            throw at(parser, path + " is a number, not " + text);
        }
    }

    private static void merge(ObjectNode into, ObjectNode given) {
        given.properties().forEach(field -> {
            if (field.getValue() instanceof ObjectNode object && into.get(field.getKey()) instanceof ObjectNode known) {
                merge(known, object);
            } else {
                into.set(field.getKey(), field.getValue());
            }
        });
    }

    private IllegalArgumentException at(JsonParser parser, String what) {
        return new IllegalArgumentException(
                source + " line " + parser.currentTokenLocation().getLineNr() + ": " + what);
    }

    /** What the records' own checks say is what the reader of the message needs. */
    private static String reason(JsonProcessingException e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof IllegalArgumentException) {
                return String.valueOf(cause.getMessage());
            }
        }
        String key = e instanceof JsonMappingException mapping
                ? mapping.getPath().stream()
                        .map(JsonMappingException.Reference::getFieldName)
                        .collect(Collectors.joining("."))
                : "";
        return key.isEmpty() ? e.getOriginalMessage() : key + ": " + e.getOriginalMessage();
    }

    private static String nearest(String name, JsonNode template) {
        String best = "";
        int least = Math.max(3, name.length() / 2);
        for (Map.Entry<String, JsonNode> known : template.properties()) {
            int distance = distance(name, known.getKey());
            if (distance < least) {
                least = distance;
                best = "; did you mean " + known.getKey() + "?";
            }
        }
        return best;
    }

    /** Levenshtein's distance, without regard to case. */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int same = Character.toLowerCase(a.charAt(i - 1)) == Character.toLowerCase(b.charAt(j - 1)) ? 0 : 1;
                int next = Math.min(Math.min(row[j] + 1, row[j - 1] + 1), diagonal + same);
                diagonal = row[j];
                row[j] = next;
            }
        }
        return row[b.length()];
    }
}
