package io.fleetline.simulator.scenario;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The keys of one place of a file, asked for one by one. What was not asked for is unknown, which {@link #made} refuses. Not
 * thread-safe.
 */
final class Section {
    private static final Pattern DURATION = Pattern.compile("(-?\\d{1,12})\\s?(us|ms|s|m|h|d)");
    private static final Pattern SIZE = Pattern.compile("(\\d{1,12})\\s?([KMG])iB");
    private static final Pattern DECIMAL =
            Pattern.compile("([-+]?\\d{0,18}\\.?\\d{1,18}(?:[eE][-+]?\\d{1,2})?)\\s?(%?)");

    /** A century: a count of ns holds that. */
    private static final Duration LONGEST = Duration.ofDays(36_525);

    /** How a message begins that is about a key, which its path names. */
    private static final Pattern ABOUT =
            Pattern.compile("((\\w+)(?:\\[\\d+])?(?:\\.\\w+(?:\\[\\d+])?)*) (?:is|has|have) ");

    private static final Map<String, Long> UNITS = Map.of("K", 1L << 10, "M", 1L << 20, "G", 1L << 30);

    private final String source;
    private final String path;
    private final Located.Keys keys;
    private final Set<String> asked = new LinkedHashSet<>();

    private Section(String source, String path, Located.Keys keys) {
        this.source = source;
        this.path = path;
        this.keys = keys;
    }

    /** The whole of a text. */
    static Section root(String yaml, String source) {
        return of(source, "", Located.read(yaml, source));
    }

    private static Section of(String source, String path, Located value) {
        if (value instanceof Located.Keys keys) {
            return new Section(source, path, keys);
        }
        throw new IllegalArgumentException(source + " line " + value.line() + ": "
                + (path.isEmpty() ? "keys are expected" : path + " has keys of its own") + ", not "
                + (value instanceof Located.Scalar ? "a value" : "a list"));
    }

    /**
     * What is made of this section once all of its keys were asked for.
     *
     * @param maker whose messages begin with the key that they are about, if they are about one
     * @throws IllegalArgumentException with the line, if there are keys that were not asked for, or the maker refuses
     */
    <T> T made(Supplier<T> maker) {
        for (Map.Entry<String, Located> entry : keys.values().entrySet()) {
            if (!asked.contains(entry.getKey())) {
                throw wrong(
                        keys.lineOf(entry.getKey()),
                        "unknown key " + full(entry.getKey())
                                + Spelling.nearest(entry.getKey(), asked)
                                        .map(known -> "; did you mean " + known + "?")
                                        .orElse("; known are " + String.join(", ", asked)));
            }
        }
        try {
            return maker.get();
        } catch (IllegalArgumentException e) {
            throw located(String.valueOf(e.getMessage()), e);
        }
    }

    /** With the line of the key that it is about, if it begins with one, else with that in which this section begins. */
    private IllegalArgumentException located(String message, IllegalArgumentException cause) {
        Matcher about = ABOUT.matcher(message);
        if (about.lookingAt() && asked.contains(about.group(2))) {
            return new IllegalArgumentException(
                    source + " line " + Located.line(keys, about.group(1)) + ": " + full(message), cause);
        }
        return new IllegalArgumentException(
                source + " line " + keys.line() + ": " + (path.isEmpty() ? "" : path + ": ") + message, cause);
    }

    String text(String key) {
        return required(key, value -> value);
    }

    String text(String key, String otherwise) {
        return optional(key, value -> value).orElse(otherwise);
    }

    Duration duration(String key) {
        return required(key, text -> readDuration(key, text));
    }

    Duration duration(String key, Duration otherwise) {
        return optionalDuration(key).orElse(otherwise);
    }

    Optional<Duration> optionalDuration(String key) {
        return optional(key, text -> readDuration(key, text));
    }

    long number(String key) {
        return required(key, text -> readNumber(key, text));
    }

    long number(String key, long otherwise) {
        return optionalNumber(key).orElse(otherwise);
    }

    /** A number that a counter holds. */
    int count(String key) {
        return required(key, text -> readCount(key, text));
    }

    int count(String key, int otherwise) {
        return optionalCount(key).orElse(otherwise);
    }

    Optional<Integer> optionalCount(String key) {
        return optional(key, text -> readCount(key, text));
    }

    Optional<Long> optionalNumber(String key) {
        return optional(key, text -> readNumber(key, text));
    }

    double decimal(String key, double otherwise) {
        return optionalDecimal(key).orElse(otherwise);
    }

    /** A share or factor: {@code 0.3} or {@code 30%}. */
    Optional<Double> optionalDecimal(String key) {
        return optional(key, text -> readDecimal(key, text));
    }

    <E extends Enum<E>> E word(String key, Class<E> type) {
        return required(key, text -> readWord(key, text, type));
    }

    <E extends Enum<E>> E word(String key, Class<E> type, E otherwise) {
        return optional(key, text -> readWord(key, text, type)).orElse(otherwise);
    }

    /** The section under a key. */
    Optional<Section> section(String key) {
        asked.add(key);
        return Optional.ofNullable(keys.values().get(key)).map(value -> of(source, full(key), value));
    }

    /** The section under a key that must be there. */
    Section requiredSection(String key) {
        return section(key).orElseThrow(() -> missing(key));
    }

    /** What is made of each section of a list; none if the key is not there. */
    <T> List<T> list(String key, Function<Section, T> reader) {
        asked.add(key);
        List<T> all = new ArrayList<>();
        for (Located each : sequence(key)) {
            all.add(reader.apply(of(source, full(key) + "[" + all.size() + "]", each)));
        }
        return all;
    }

    /** As {@link #list}, of which there must be at least one. */
    <T> List<T> requiredList(String key, Function<Section, T> reader) {
        List<T> all = list(key, reader);
        if (all.isEmpty()) {
            throw missing(key);
        }
        return all;
    }

    /** The texts of a list. */
    List<String> texts(String key) {
        asked.add(key);
        return sequence(key).stream()
                .map(each -> {
                    if (each instanceof Located.Scalar scalar) {
                        return scalar.text();
                    }
                    throw wrong(each.line(), full(key) + " is a list of values");
                })
                .toList();
    }

    private List<Located> sequence(String key) {
        Located value = keys.values().get(key);
        if (value == null) {
            return List.of();
        }
        if (value instanceof Located.Sequence sequence) {
            return sequence.values();
        }
        throw wrong(key, full(key) + " is a list");
    }

    /** What to say about a key, with its line. */
    IllegalArgumentException wrong(String key, String what) {
        return wrong(keys.lineOf(key), what);
    }

    private IllegalArgumentException wrong(int line, String what) {
        return new IllegalArgumentException(source + " line " + line + ": " + what);
    }

    private <T> T required(String key, Function<String, T> reader) {
        return optional(key, reader).orElseThrow(() -> missing(key));
    }

    private IllegalArgumentException missing(String key) {
        Set<String> given = new LinkedHashSet<>(keys.values().keySet());
        given.removeAll(asked);
        // Who writes "devces" is helped more by hearing of that.
        return Spelling.nearest(key, given)
                .map(other -> wrong(other, "unknown key " + full(other) + "; did you mean " + key + "?"))
                .orElseGet(() -> wrong(keys.line(), full(key) + " is missing"));
    }

    private <T> Optional<T> optional(String key, Function<String, T> reader) {
        asked.add(key);
        @Nullable Located value = keys.values().get(key);
        if (value == null) {
            return Optional.empty();
        }
        if (!(value instanceof Located.Scalar scalar)) {
            throw wrong(key, full(key) + " is one value");
        }
        try {
            return Optional.of(reader.apply(scalar.text()));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    source + " line " + keys.lineOf(key) + ": " + full(String.valueOf(e.getMessage())), e);
        }
    }

    private String full(String key) {
        return path.isEmpty() ? key : path + "." + key;
    }

    private static Duration readDuration(String key, String text) {
        Matcher written = DURATION.matcher(text);
        if (!written.matches()) {
            throw new IllegalArgumentException(
                    key + " is \"" + text + "\", no duration such as 250ms, 10s, 5m, 2h or 3d");
        }
        long number = Long.parseLong(written.group(1));
        Duration duration = switch (written.group(2)) {
            case "us" -> Duration.ofNanos(1_000 * number);
            case "ms" -> Duration.ofMillis(number);
            case "s" -> Duration.ofSeconds(number);
            case "m" -> Duration.ofMinutes(number);
            case "h" -> Duration.ofHours(number);
            default -> Duration.ofDays(number);
        };
        if (duration.abs().compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(
                    key + " is \"" + text + "\", longer than the longest, " + LONGEST.toDays() + " days");
        }
        return duration;
    }

    private static long readNumber(String key, String text) {
        Matcher size = SIZE.matcher(text);
        if (size.matches()) {
            long number = Long.parseLong(size.group(1));
            long unit = UNITS.getOrDefault(size.group(2), 1L);
            if (number > Long.MAX_VALUE / unit) {
                throw new IllegalArgumentException(key + " is \"" + text + "\", more than any number is here");
            }
            return number * unit;
        }
        try {
            return Long.parseLong(text.replace("_", ""));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(key + " is \"" + text + "\", not a whole number", e);
        }
    }

    private static int readCount(String key, String text) {
        long number = readNumber(key, text);
        if (number != (int) number) {
            throw new IllegalArgumentException(
                    key + " is \"" + text + "\", not within " + Integer.MIN_VALUE + " to " + Integer.MAX_VALUE);
        }
        return (int) number;
    }

    private static double readDecimal(String key, String text) {
        Matcher decimal = DECIMAL.matcher(text.replace("_", ""));
        if (!decimal.matches()) {
            throw new IllegalArgumentException(key + " is \"" + text + "\", not a number");
        }
        double value = Double.parseDouble(decimal.group(1));
        return decimal.group(2).isEmpty() ? value : value / 100;
    }

    private static <E extends Enum<E>> E readWord(String key, String text, Class<E> type) {
        for (E constant : type.getEnumConstants()) {
            if (spoken(constant).equals(text.toLowerCase(Locale.ROOT))) {
                return constant;
            }
        }
        throw new IllegalArgumentException(key + " is \"" + text + "\", not one of "
                + Arrays.stream(type.getEnumConstants()).map(Section::spoken).collect(Collectors.joining(", ")));
    }

    private static String spoken(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
