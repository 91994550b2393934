package io.fleetline.ingest;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.DeserializationProblemHandler;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import java.io.IOException;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** How the configuration's records look as trees of text and numbers. */
final class ConfigMapping {
    private static final Pattern DURATION = Pattern.compile("(\\d{1,12})\\s?(ms|s|m|h|d)");

    /** Of the settings of Kafka's clients, those that nobody may read over a shoulder. */
    private static final Pattern SECRET = Pattern.compile("password|jaas|secret|private|ssl\\.keystore\\.key");

    private static final ObjectMapper YAML = new ObjectMapper(YAMLFactory.builder()
            .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
            .build());

    private ConfigMapping() {}

    static ObjectMapper mapper() {
        SimpleModule module = new SimpleModule()
                .addSerializer(Duration.class, new DurationWriter())
                .addDeserializer(Duration.class, new DurationReader());
        return JsonMapper.builder()
                .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
                .addHandler(new UnknownWord())
                .addModule(new Jdk8Module())
                .addModule(module)
                .build();
    }

    /** What may stand under {@code listener.tls}, which has no default. */
    static ObjectNode templateOfTls() {
        return JsonNodeFactory.instance
                .objectNode()
                .put("certificates", "")
                .put("key", "")
                .put("allowTls12", false);
    }

    static String yaml(IngestConfig config) {
        ObjectNode tree = mapper().valueToTree(config);
        ObjectNode client = tree.withObject("/kafka/client");
        client.fieldNames().forEachRemaining(key -> {
            if (SECRET.matcher(key).find()) {
                client.put(key, "***");
            }
        });
        removeAbsent(tree);
        try {
            return YAML.writeValueAsString(tree);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree always has a YAML form", e);
        }
    }

    /** What has no default is not a key without a value but no key. */
    private static void removeAbsent(ObjectNode tree) {
        List<String> absent = new ArrayList<>();
        tree.properties().forEach(field -> {
            if (field.getValue().isNull()) {
                absent.add(field.getKey());
            } else if (field.getValue() instanceof ObjectNode object) {
                removeAbsent(object);
            }
        });
        tree.remove(absent);
    }

    static Duration duration(String text) {
        Matcher written = DURATION.matcher(text);
        if (!written.matches()) {
            try {
                return Duration.parse(text);
            } catch (DateTimeParseException e) {
                throw new IllegalArgumentException(text + " is no duration such as 250ms, 10s, 5m, 2h or 3d", e);
            }
        }
        long number = Long.parseLong(written.group(1));
        return switch (written.group(2)) {
            case "ms" -> Duration.ofMillis(number);
            case "s" -> Duration.ofSeconds(number);
            case "m" -> Duration.ofMinutes(number);
            case "h" -> Duration.ofHours(number);
            default -> Duration.ofDays(number);
        };
    }

    static String text(Duration duration) {
        long millis = duration.toMillis();
        return millis % 1_000 == 0 ? millis / 1_000 + "s" : millis + "ms";
    }

    private static final class DurationWriter extends StdSerializer<Duration> {
        private static final long serialVersionUID = 1L;

        DurationWriter() {
            super(Duration.class);
        }

        @Override
        public void serialize(Duration value, JsonGenerator out, SerializerProvider provider) throws IOException {
            out.writeString(text(value));
        }
    }

    private static final class DurationReader extends StdDeserializer<Duration> {
        private static final long serialVersionUID = 1L;

        DurationReader() {
            super(Duration.class);
        }

        @Override
        public Duration deserialize(JsonParser parser, DeserializationContext context) throws IOException {
            return duration(parser.getText());
        }
    }

    /** Names the key whose value is none of the words that may stand there. */
    private static final class UnknownWord extends DeserializationProblemHandler {
        @Override
        public Object handleWeirdStringValue(
                DeserializationContext context, Class<?> type, String value, String failure) {
            if (!type.isEnum()) {
                return NOT_HANDLED;
            }
            String key = context.getParser()
                    .getParsingContext()
                    .pathAsPointer()
                    .toString()
                    .substring(1)
                    .replace('/', '.');
            throw new IllegalArgumentException(key + " is \"" + value + "\", not one of "
                    + Arrays.stream(type.getEnumConstants())
                            .map(word -> word.toString().toLowerCase(Locale.ROOT))
                            .collect(Collectors.joining(", ")));
        }
    }
}
