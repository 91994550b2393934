package io.fleetline.simulator.report;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class PlotTest {
    /** As the simulator in 16 processes, with nine nodes and nine brokers, and an exact stage. */
    private static final int MANY = 36;

    /** WCAG 2.2, 1.4.11: what is needed to see a line. */
    private static final double LEAST_CONTRAST = 3;

    private final String css = css();

    @Test
    void eachOfManyLinesHasAStyleThatThereIsAndThatNoOtherHas() {
        Plot plot = new Plot("many", new double[] {1, 2, 3, 4}, Html::number, false);
        for (int i = 0; i < MANY; i++) {
            // The last moment stands alone, and is a dot.
            plot.line("line " + i, new double[] {i, i + 1, Double.NaN, i});
        }
        String html = plot.html();

        List<String> lines = found(html, "<path class=\"(l[^\"]*)\"");
        List<String> legends = found(html, "<span class=\"(c[^\"]*)\"");
        assertThat(lines).hasSize(2 * MANY);
        assertThat(lines.stream().filter(style -> !style.contains("dot")))
                .hasSize(MANY)
                .doesNotHaveDuplicates();
        assertThat(legends).hasSize(MANY).doesNotHaveDuplicates();
        for (String style : lines) {
            for (String name : style.split(" ", -1)) {
                assertThat(css).as(style).containsPattern("\\." + name + " \\{ stroke");
            }
        }
        for (String style : legends) {
            String[] names = style.split(" ", -1);
            assertThat(css).as(style).contains("." + names[0] + " { color: var(--" + names[0] + "); }");
            if (names.length > 1) {
                assertThat(css).as(style).contains(".legend ." + names[1] + "::before { background: ");
            }
        }
    }

    @Test
    void aTimeAtTheRightEdgeEndsThere() {
        Plot plot = new Plot("edge", new double[] {0, 30, 60}, Html::number, false);
        plot.line("line", new double[] {1, 2, 3});

        assertThat(plot.html())
                .contains("text-anchor=\"end\">60 s</text>", "text-anchor=\"middle\">40 s</text>")
                .contains("x=\"640.0\"");
    }

    @Test
    void eachColourIsSeenOnItsCardInLightAndInDark() {
        List<Map<String, String>> schemes = schemes();
        assertThat(schemes).hasSize(2);
        for (Map<String, String> scheme : schemes) {
            for (int i = 0; i < Plot.COLOURS; i++) {
                double contrast = contrast(colour(scheme, "c" + i), colour(scheme, "card"));
                assertThat(contrast).as("c%d on %s", i, scheme.get("card")).isGreaterThan(LEAST_CONTRAST);
            }
        }
    }

    private static String colour(Map<String, String> scheme, String name) {
        assertThat(scheme).containsKey(name);
        return Objects.requireNonNull(scheme.get(name));
    }

    /** The variables of the light scheme and those of the dark one. */
    private List<Map<String, String>> schemes() {
        List<Map<String, String>> schemes = new ArrayList<>();
        for (String root : found(css, ":root \\{([^}]*)\\}")) {
            Map<String, String> variables = new HashMap<>();
            Pattern.compile("--([a-z0-9]+): (#[0-9a-f]{6});")
                    .matcher(root)
                    .results()
                    .forEach(variable -> variables.put(variable.group(1), variable.group(2)));
            schemes.add(variables);
        }
        return schemes;
    }

    /** WCAG 2.2's contrast ratio, 1 to 21. */
    private static double contrast(String one, String other) {
        double lighter = Math.max(luminance(one), luminance(other));
        double darker = Math.min(luminance(one), luminance(other));
        return (lighter + 0.05) / (darker + 0.05);
    }

    private static double luminance(String colour) {
        return 0.2126 * linear(colour, 1) + 0.7152 * linear(colour, 3) + 0.0722 * linear(colour, 5);
    }

    private static double linear(String colour, int at) {
        double value = Integer.parseInt(colour.substring(at, at + 2), 16) / 255.0;
        return value <= 0.04045 ? value / 12.92 : Math.pow((value + 0.055) / 1.055, 2.4);
    }

    private static List<String> found(String text, String pattern) {
        return Pattern.compile(pattern)
                .matcher(text)
                .results()
                .map((MatchResult match) -> match.group(1))
                .toList();
    }

    private static String css() {
        try (InputStream in = Objects.requireNonNull(PlotTest.class.getResourceAsStream("report.css"))) {
            return new String(in.readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
