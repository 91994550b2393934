package io.fleetline.ingest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * One key that is set beside the configuration file.
 *
 * @param source where, for messages
 * @param key the key with all that it lies under, such as {@code listener.port}
 * @param value as it would stand in the file
 */
record ConfigOverride(String source, String key, String value) {
    /** What the names of environment variables begin with. */
    static final String ENVIRONMENT = "FLEETLINE_SERVER_";

    private static final String PLAIN = "[A-Za-z0-9][A-Za-z0-9._:/-]*";

    /**
     * Reads {@code KEY=VALUE}.
     *
     * @throws IllegalArgumentException if it is not of that form
     */
    static ConfigOverride of(String option) {
        int equals = option.indexOf('=');
        if (equals < 1) {
            throw new IllegalArgumentException("--set " + option + " is not of the form KEY=VALUE");
        }
        String key = option.substring(0, equals);
        return new ConfigOverride("--set " + key, key, option.substring(equals + 1));
    }

    /**
     * Finds those in an environment: {@code FLEETLINE_SERVER_} and the key in capitals, with {@code _} for each dot.
     *
     * @throws IllegalArgumentException naming a variable that begins so and is none of them
     */
    static List<ConfigOverride> of(Map<String, String> environment) {
        Map<String, String> keys = new HashMap<>();
        collect(ConfigReader.template(), "", keys);
        List<ConfigOverride> overrides = new ArrayList<>();
        environment.entrySet().stream()
                .filter(entry -> entry.getKey().startsWith(ENVIRONMENT))
                .sorted(Map.Entry.comparingByKey())
                .forEach(entry ->
                        overrides.add(new ConfigOverride(entry.getKey(), key(entry.getKey(), keys), entry.getValue())));
        return overrides;
    }

    private static String key(String variable, Map<String, String> keys) {
        String name = variable.substring(ENVIRONMENT.length());
        for (String free : ConfigReader.FREE) {
            String prefix = variable(free) + "_";
            if (name.startsWith(prefix) && name.length() > prefix.length()) {
                return free + "."
                        + name.substring(prefix.length())
                                .toLowerCase(Locale.ROOT)
                                .replace('_', '.');
            }
        }
        String key = keys.get(name);
        if (key == null) {
            throw new IllegalArgumentException(
                    "the environment variable " + variable + " names no key; LISTENER_PORT, for one, is listener.port");
        }
        return key;
    }

    private static void collect(JsonNode node, String path, Map<String, String> keys) {
        if (node instanceof ObjectNode object && !object.isEmpty()) {
            object.properties()
                    .forEach(field -> collect(
                            field.getValue(), path.isEmpty() ? field.getKey() : path + "." + field.getKey(), keys));
        } else {
            keys.put(variable(path), path);
        }
    }

    private static String variable(String key) {
        return key.toUpperCase(Locale.ROOT).replace('.', '_');
    }

    /** The same as a file with nothing else in it. */
    String yaml() {
        List<String> parts = parts();
        StringBuilder yaml = new StringBuilder();
        for (String part : parts) {
            yaml.append("{").append(quoted(part)).append(": ");
        }
        return yaml.append(value.matches(PLAIN) ? value : quoted(value))
                .append("}".repeat(parts.size()))
                .toString();
    }

    private List<String> parts() {
        for (String free : ConfigReader.FREE) {
            if (key.startsWith(free + ".")) { // what stands behind it is one name, with dots of its own
                List<String> parts = new ArrayList<>(List.of(free.split("\\.", -1)));
                parts.add(key.substring(free.length() + 1));
                return parts;
            }
        }
        return List.of(key.split("\\.", -1));
    }

    private static String quoted(String text) {
        return "'" + text.replace("'", "''") + "'";
    }
}
