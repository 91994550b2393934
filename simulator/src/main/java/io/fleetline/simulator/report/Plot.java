package io.fleetline.simulator.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleFunction;
import java.util.function.IntToDoubleFunction;

/** A plot over time as SVG, drawn in the colours of the page that it stands in. Not thread-safe. */
final class Plot {
    private static final int WIDTH = 640;
    private static final int HEIGHT = 220;
    private static final int LEFT = 62;
    private static final int RIGHT = 12;
    private static final int TOP = 12;
    private static final int BOTTOM = 26;
    private static final int TICKS = 4;

    /** A line: its name for the legend, and a value for each moment, NaN where there is none. */
    private static final class Line {
        private final String name;
        private final double[] values;

        Line(String name, double[] values) {
            this.name = name;
            this.values = values;
        }
    }

    /**
     * Something that happened.
     *
     * @param from when it began, in seconds
     * @param to when it ended; the same for what happened in a moment
     * @param name what it was
     */
    record Mark(double from, double to, String name) {}

    private final String title;
    private final double[] seconds;
    private final DoubleFunction<String> label;
    private final boolean logarithmic;
    private final List<Line> lines = new ArrayList<>();
    private final List<Mark> marks = new ArrayList<>();
    private final List<Mark> stages = new ArrayList<>();

    /**
     * An empty plot.
     *
     * @param seconds the moments
     * @param label writes a value
     * @param logarithmic whether each step up is ten times as much
     */
    Plot(String title, double[] seconds, DoubleFunction<String> label, boolean logarithmic) {
        this.title = title;
        this.seconds = seconds;
        this.label = label;
        this.logarithmic = logarithmic;
    }

    Plot line(String name, double[] values) {
        lines.add(new Line(name, values));
        return this;
    }

    Plot marks(List<Mark> more) {
        marks.addAll(more);
        return this;
    }

    Plot stages(List<Mark> more) {
        stages.addAll(more);
        return this;
    }

    /** The plot as a figure of HTML. */
    String html() {
        double last = seconds.length == 0 ? 1 : Math.max(1e-9, seconds[seconds.length - 1]);
        Scale scale = scale();
        StringBuilder svg = new StringBuilder();
        svg.append("<figure><figcaption>")
                .append(Html.text(title))
                .append(legend())
                .append("</figcaption>");
        svg.append(String.format(
                Locale.ROOT,
                "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">",
                WIDTH,
                HEIGHT,
                Html.text(title)));
        for (Mark mark : marks) {
            double x = x(mark.from, last);
            double width = Math.max(1.5, x(Math.min(mark.to, last), last) - x);
            svg.append(String.format(
                    Locale.ROOT,
                    "<rect class=\"fault\" x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\"><title>%s</title></rect>",
                    x,
                    TOP,
                    width,
                    HEIGHT - TOP - BOTTOM,
                    Html.text(mark.name)));
        }
        for (double value : scale.ticks) {
            double y = y(value, scale);
            svg.append(String.format(
                    Locale.ROOT,
                    "<line class=\"grid\" x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\"/>"
                            + "<text class=\"axis\" x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s</text>",
                    LEFT,
                    WIDTH - RIGHT,
                    y,
                    y,
                    LEFT - 6,
                    y + 4,
                    Html.text(label.apply(value))));
        }
        for (Mark stage : stages) {
            double x = x(stage.from, last);
            svg.append(String.format(
                    Locale.ROOT,
                    "<line class=\"stage\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%d\" y2=\"%d\"/>"
                            + "<text class=\"axis\" x=\"%.1f\" y=\"%d\">%s</text>",
                    x,
                    x,
                    TOP,
                    HEIGHT - BOTTOM,
                    x + 3,
                    TOP + 9,
                    Html.text(stage.name)));
        }
        double step = roundStep(last);
        for (double at = 0; at <= last; at += step) {
            svg.append(String.format(
                    Locale.ROOT,
                    "<text class=\"axis\" x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text>",
                    x(at, last),
                    HEIGHT - 8,
                    Html.seconds(at)));
        }
        // The first line lies uppermost: of a median and a maximum that are the same, both are seen where they part.
        for (int i = lines.size() - 1; i >= 0; i--) {
            svg.append(path(lines.get(i), i, last, scale));
        }
        return svg.append("</svg></figure>\n").toString();
    }

    private String legend() {
        StringBuilder html = new StringBuilder("<span class=\"legend\">");
        for (int i = 0; i < lines.size(); i++) {
            html.append("<span class=\"c")
                    .append(i)
                    .append("\">")
                    .append(Html.text(lines.get(i).name))
                    .append("</span>");
        }
        return html.append("</span>").toString();
    }

    private String path(Line line, int colour, double last, Scale scale) {
        StringBuilder path = new StringBuilder();
        StringBuilder dots = new StringBuilder();
        boolean down = false;
        for (int i = 0; i < seconds.length; i++) {
            if (Double.isNaN(line.values[i])) {
                down = false;
                continue;
            }
            boolean alone = !down && (i + 1 == seconds.length || Double.isNaN(line.values[i + 1]));
            String point = String.format(Locale.ROOT, "%.1f %.1f", x(seconds[i], last), y(line.values[i], scale));
            if (alone) {
                // A dot is a line of no length with round ends.
                dots.append('M').append(point).append("h0.1");
            } else {
                path.append(down ? 'L' : 'M').append(point);
            }
            down = true;
        }
        return path(colour, "", path) + path(colour, " dot", dots);
    }

    private static String path(int colour, String more, StringBuilder points) {
        return points.isEmpty() ? "" : "<path class=\"l" + colour + more + "\" d=\"" + points + "\"/>";
    }

    /** The values that an axis shows, the lowest first. */
    private static final class Scale {
        private final double[] ticks;

        Scale(double[] ticks) {
            this.ticks = ticks;
        }

        double least() {
            return ticks[0];
        }

        double most() {
            return ticks[ticks.length - 1];
        }
    }

    private Scale scale() {
        double most = 0;
        double least = Double.POSITIVE_INFINITY;
        for (Line line : lines) {
            for (double value : line.values) {
                if (!Double.isNaN(value)) {
                    most = Math.max(most, value);
                    least = value > 0 ? Math.min(least, value) : least;
                }
            }
        }
        return logarithmic && most > 0 ? decades(least, most) : even(most);
    }

    private static Scale decades(double least, double most) {
        int from = (int) Math.floor(Math.log10(least));
        int to = Math.max(from + 1, (int) Math.ceil(Math.log10(most)));
        double[] ticks = new double[to - from + 1];
        for (int i = 0; i < ticks.length; i++) {
            ticks[i] = Math.pow(10, from + i);
        }
        return new Scale(ticks);
    }

    /** From nothing up to a round number. */
    private static Scale even(double most) {
        double step = roundStep(most);
        int count = (int) Math.max(1, Math.ceil(most / step - 1e-9));
        double[] ticks = new double[count + 1];
        for (int i = 0; i <= count; i++) {
            ticks[i] = i * step;
        }
        return new Scale(ticks);
    }

    /** A round number of which about four make up the whole. */
    private static double roundStep(double whole) {
        double rough = Math.max(whole, 1e-9) / TICKS;
        double power = Math.pow(10, Math.floor(Math.log10(rough)));
        for (double factor : new double[] {1, 2, 2.5, 5}) {
            if (factor * power >= rough) {
                return factor * power;
            }
        }
        return 10 * power;
    }

    private static double x(double at, double last) {
        return LEFT + (WIDTH - LEFT - RIGHT) * Math.min(1, at / last);
    }

    private double y(double value, Scale scale) {
        double part = logarithmic && scale.least() > 0
                ? Math.log(Math.max(value, scale.least()) / scale.least()) / Math.log(scale.most() / scale.least())
                : (value - scale.least()) / (scale.most() - scale.least());
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * part;
    }

    /** Values taken from somewhere; for the many lines that come from samples. */
    static double[] values(int count, IntToDoubleFunction value) {
        double[] values = new double[count];
        for (int i = 0; i < count; i++) {
            values[i] = value.applyAsDouble(i);
        }
        return values;
    }
}
