package io.fleetline.simulator.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** docs/simulator.md names, where it tells of them, all keys and kinds that the reader says it knows when it refuses one. */
class ScenarioDocumentTest {
    /** Near to no word, so that the reader lists those that it knows. */
    private static final String UNKNOWN = "unknown-and-near-to-nothing-that-anybody-knows";

    private static final Pattern KEYS = Pattern.compile("unknown key [^;]*; known are (.*)");
    private static final Pattern WORDS = Pattern.compile("not one of (.*)");
    private static final Pattern SPAN = Pattern.compile("`([^`]+)`");

    /**
     * Where keys can be.
     *
     * @param heading under which the document tells of them
     * @param yaml a scenario, with all that any kind needs and HERE in the place
     * @param choice the key whose words decide which other keys there are
     */
    private record Place(String heading, String yaml, Optional<String> choice) {
        static Place of(String heading, String yaml) {
            return new Place(heading, yaml, Optional.empty());
        }

        static Place of(String heading, String yaml, String choice) {
            return new Place(heading, yaml, Optional.of(choice));
        }

        String with(String keys) {
            return yaml.replace("HERE", keys);
        }
    }

    private static final String BEGIN = "name: a\nstages: [{name: a, for: 1s}]\n";
    private static final String ALL = BEGIN + "groups: [{name: pump, devices: 1}]\n";

    private static String group(String more) {
        return BEGIN + "groups: [{name: pump, devices: 1, " + more + "}]\n";
    }

    private static final List<Place> PLACES = List.of(
            Place.of("## A scenario", ALL + "HERE\n"),
            Place.of("## A scenario", ALL.replace("for: 1s", "for: 1s, HERE")),
            Place.of("### Groups", group("HERE")),
            Place.of("### Groups", group("outbox: {HERE}"), "mode"),
            Place.of("### Groups", group("outbox: {HERE}"), "overflow"),
            Place.of("### Groups", group("arrive: {HERE}"), "pattern"),
            Place.of("### Groups", group("credential: {HERE}"), "kind"),
            Place.of("### Groups", group("answers: [{HERE, name: a}]")),
            Place.of(
                    "### Groups", group("publish: [{HERE, channel: a, schedule: {every: 1s}, payload: {kind: walk}}]")),
            Place.of("### Groups", group("publish: [{channel: a, schedule: {HERE, every: 1s, events: 2}}]"), "kind"),
            Place.of(
                    "### Groups",
                    group("publish: [{channel: a, schedule: {every: 1s}, payload: {HERE, file: a}}]"),
                    "kind"),
            Place.of("### Commands", ALL + "commands: [{HERE, name: a, group: pump}]\n", "to"),
            Place.of(
                    "### Faults",
                    ALL + "faults: [{HERE, group: pump, at: 1s, for: 1s, delay: 1s, bytesPerSecond: 1}]\n",
                    "kind"),
            Place.of("### Outages", ALL + "outages: [{HERE, at: 1s, for: 1s}]\n", "kind"),
            Place.of("### Thresholds", ALL + "thresholds: {HERE}\n"));

    @TestFactory
    Stream<DynamicTest> allThatIsKnownIsNamed() {
        return PLACES.stream()
                .map(place -> DynamicTest.dynamicTest(
                        place.yaml.replace(BEGIN, "").strip(),
                        () -> assertThat(named(place.heading)).containsAll(known(place))));
    }

    private static Set<String> known(Place place) {
        if (place.choice.isEmpty()) {
            return listed(KEYS, place.with(UNKNOWN + ": 1"));
        }
        String choice = place.choice.get();
        Set<String> known = new LinkedHashSet<>();
        for (String word : listed(WORDS, place.with(choice + ": " + UNKNOWN))) {
            known.add(word);
            known.addAll(listed(KEYS, place.with(UNKNOWN + ": 1, " + choice + ": " + word)));
        }
        return known;
    }

    /** What the refusal of a scenario lists. */
    private static Set<String> listed(Pattern pattern, String yaml) {
        Throwable refusal = catchThrowable(() -> Scenario.parse(yaml, "test", Path.of("")));
        assertThat(refusal).as(yaml).isInstanceOf(IllegalArgumentException.class);
        Matcher list = pattern.matcher(String.valueOf(refusal.getMessage()));
        assertThat(list.find()).as("%s: %s", yaml, refusal.getMessage()).isTrue();
        return new LinkedHashSet<>(List.of(list.group(1).split(", ", -1)));
    }

    /** The words that are set as code between this heading and the next. */
    private static Set<String> named(String heading) throws IOException {
        Set<String> named = new LinkedHashSet<>();
        boolean inside = false;
        for (String line : Files.readAllLines(Path.of("..", "docs", "simulator.md"))) {
            inside = line.startsWith("#") ? line.equals(heading) : inside;
            Matcher span = SPAN.matcher(line);
            while (inside && span.find()) {
                named.addAll(List.of(span.group(1).split("[^\\w-]+", -1)));
            }
        }
        return named;
    }
}
