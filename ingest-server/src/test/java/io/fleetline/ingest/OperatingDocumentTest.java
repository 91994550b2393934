package io.fleetline.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** docs/operating.md lists each key that there is, with the default and the range that the code has. */
class OperatingDocumentTest {
    private static final Pattern SIZE = Pattern.compile("(\\d+)([KMG])iB");

    /** What has to be set beside a key that is at one end of its range. */
    private static final Map<String, List<String>> COMPANIONS = Map.of(
            "limits.maxFrameBytes", List.of("limits.maxItemBytes=64"),
            "limits.tenants.maxItemBytes", List.of("limits.tenants.maxFrameBytes=1MiB"),
            "limits.rewindDelay", List.of("limits.maxRewindDelay=5m"),
            "listener.proxy.address", List.of("listener.proxy.trusted=10.1.0.0/24"),
            "listener.proxy.certificate", List.of("listener.proxy.trusted=10.1.0.0/24"),
            "listener.tls.allowTls12", List.of("listener.tls.certificates=a.pem", "listener.tls.key=a.key"));

    private record Key(String name, String byDefault, String range) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static List<Key> keys() throws IOException {
        List<Key> keys = new ArrayList<>();
        List<String> lines = Files.readAllLines(Path.of("..", "docs", "operating.md"));
        for (String line : lines.subList(lines.indexOf("### All keys") + 4, lines.size())) {
            if (!line.startsWith("| `")) {
                break;
            }
            String[] cells = line.split("\\|", -1);
            keys.add(new Key(bare(cells[1]), bare(cells[2]), cells[3].trim()));
        }
        return keys;
    }

    @Test
    void eachKeyIsThereOnce() throws IOException {
        TreeSet<String> known = new TreeSet<>();
        collect("", ConfigReader.template(), known);
        assertThat(keys().stream().map(Key::name).sorted()).containsExactlyElementsOf(known);
    }

    @TestFactory
    Stream<DynamicTest> eachDefaultIsThatOfTheCode() throws IOException {
        return keys().stream()
                .filter(key -> !key.byDefault.equals("none") && !key.byDefault.startsWith("("))
                .map(key -> DynamicTest.dynamicTest(
                        key.name,
                        () -> assertThat(node(tree(set(key, key.byDefault)), key.name))
                                .isEqualTo(node(ConfigReader.template(), key.name))));
    }

    @TestFactory
    Stream<DynamicTest> eachRangeIsThatOfTheCode() throws IOException {
        return keys().stream()
                .filter(key -> key.range.matches("[`\\w.]+ to [`\\w.]+"))
                .map(key -> DynamicTest.dynamicTest(key.name, () -> {
                    String[] ends = key.range.split(" to ", -1);
                    check(key, ends[0], -1);
                    check(key, ends[1], 1);
                }));
    }

    @TestFactory
    Stream<DynamicTest> eachChoiceIsThatOfTheCode() throws IOException {
        return keys().stream()
                .filter(key -> key.range.matches("\\w+(, \\w+)+"))
                .map(key -> DynamicTest.dynamicTest(key.name, () -> {
                    for (String word : key.range.split(", ", -1)) {
                        set(key, word);
                    }
                    assertThatThrownBy(() -> set(key, "otherwise")).hasMessageContaining(key.name);
                }));
    }

    /** The end of a range is taken, and what lies one step beyond is refused by name. */
    private static void check(Key key, String end, int step) {
        if (end.startsWith("`")) {
            JsonNode other = node(tree(set(key, List.of())), bare(end));
            end = other.isNumber() ? other.asText() : bare(other.asText());
        }
        set(key, end);
        String beyond = beyond(end, step);
        assertThatThrownBy(() -> set(key, beyond)).hasMessageContaining(key.name);
    }

    private static String beyond(String end, int step) {
        Matcher size = SIZE.matcher(end);
        if (size.matches()) {
            long unit = 1L << (size.group(2).equals("K") ? 10 : size.group(2).equals("M") ? 20 : 30);
            return Long.toString(Long.parseLong(size.group(1)) * unit + step);
        }
        if (end.matches("-?\\d+")) {
            return Long.toString(Long.parseLong(end) + step);
        }
        Duration duration = ConfigMapping.duration(end).plusMillis(step);
        return duration.toString(); // ISO 8601, which has a sign
    }

    private static IngestConfig set(Key key, String value) {
        return set(key, List.of(key.name + "=" + value));
    }

    private static IngestConfig set(Key key, List<String> settings) {
        return ConfigReader.parse(
                "",
                "test",
                Stream.concat(COMPANIONS.getOrDefault(key.name, List.of()).stream(), settings.stream())
                        .map(ConfigOverride::of)
                        .toList());
    }

    private static JsonNode tree(IngestConfig config) {
        return ConfigMapping.mapper().valueToTree(config);
    }

    private static JsonNode node(JsonNode tree, String key) {
        JsonNode node = tree;
        for (String part : key.split("\\.", -1)) {
            node = node.path(part);
        }
        return node;
    }

    private static void collect(String path, JsonNode node, Set<String> into) {
        if (node instanceof ObjectNode object && !object.isEmpty()) {
            object.properties()
                    .forEach(field -> collect(
                            path.isEmpty() ? field.getKey() : path + "." + field.getKey(), field.getValue(), into));
        } else {
            into.add(path);
        }
    }

    private static String bare(String cell) {
        return cell.trim().replace("`", "");
    }
}
