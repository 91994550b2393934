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
    private static final int LEAST_LEFT = 62;
    private static final int RIGHT = 12;
    /** How far a time on the axis reaches to either side. */
    private static final int HALF_A_TIME = 20;

    private static final int TOP = 12;
    private static final int BOTTOM = 26;
    private static final int TICKS = 4;

    /** How many colours the page's style has, {@code l0} and so on for lines and {@code c0} and so on in legends. */
    static final int COLOURS = 8;

    /** How many ways of drawing a line it has: whole, and {@code d1} and so on. */
    static final int DASHES = 5;

    /** The room that a letter of an axis wants at most, in the larger letters of a narrow page. */
    private static final double LETTER = 10.5;

    /**
     * Where moments lie.
     *
     * @param left where the run begins; further to the right where values are long words
     * @param last how long the run was, in seconds
     */
    private record Moments(double left, double last) {
        double x(double at) {
            return left + (WIDTH - left - RIGHT) * Math.min(1, at / last);
        }
    }

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
     * Something that happened. Where it began its number stands, the first being 1.
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
    private double warmUpSeconds;

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

    Plot warmUp(double untilSeconds) {
        warmUpSeconds = untilSeconds;
        return this;
    }

    /** The plot as a figure of HTML. */
    String html() {
        double last = seconds.length == 0 ? 1 : Math.max(1e-9, seconds[seconds.length - 1]);
        Scale scale = scale();
        Moments moments = new Moments(left(scale), last);
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
        if (warmUpSeconds > 0) {
            svg.append(stripe("warm-up", new Mark(0, warmUpSeconds, "warm-up"), moments));
        }
        for (Mark mark : marks) {
            svg.append(stripe("fault", mark, moments));
        }
        for (double value : scale.ticks) {
            double y = y(value, scale);
            svg.append(String.format(
                    Locale.ROOT,
                    "<line class=\"grid\" x1=\"%.1f\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\"/>"
                            + "<text class=\"axis\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"end\">%s</text>",
                    moments.left,
                    WIDTH - RIGHT,
                    y,
                    y,
                    moments.left - 6,
                    y + 4,
                    Html.text(label.apply(value))));
        }
        for (Mark stage : stages) {
            double x = moments.x(stage.from);
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
            double x = moments.x(at);
            boolean atTheEdge = x + HALF_A_TIME > WIDTH;
            svg.append(String.format(
                    Locale.ROOT,
                    "<text class=\"axis\" x=\"%.1f\" y=\"%d\" text-anchor=\"%s\">%s</text>",
                    atTheEdge ? WIDTH : x,
                    HEIGHT - 8,
                    atTheEdge ? "end" : "middle",
                    Html.seconds(at)));
        }
        // The first line lies uppermost: of a median and a maximum that are the same, both are seen where they part.
        for (int i = lines.size() - 1; i >= 0; i--) {
            svg.append(path(lines.get(i), i, moments, scale));
        }
        for (int i = 0; i < marks.size(); i++) {
            // In two rows: one after the other may follow closely.
            svg.append(String.format(
                    Locale.ROOT,
                    "<text class=\"number\" x=\"%.1f\" y=\"%d\">%d</text>",
                    moments.x(marks.get(i).from) + 1,
                    HEIGHT - BOTTOM - 3 - i % 2 * 13,
                    i + 1));
        }
        return svg.append("</svg></figure>\n").toString();
    }

    private static String stripe(String kind, Mark mark, Moments moments) {
        double x = moments.x(mark.from);
        return String.format(
                Locale.ROOT,
                "<rect class=\"%s\" x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\"><title>%s</title></rect>",
                kind,
                x,
                TOP,
                Math.max(1.5, moments.x(mark.to) - x),
                HEIGHT - TOP - BOTTOM,
                Html.text(mark.name));
    }

    private String legend() {
        StringBuilder html = new StringBuilder("<span class=\"legend\">");
        for (int i = 0; i < lines.size(); i++) {
            html.append("<span class=\"c")
                    .append(style(i))
                    .append("\">")
                    .append(Html.text(lines.get(i).name))
                    .append("</span>");
        }
        return html.append("</span>").toString();
    }

    private double left(Scale scale) {
        int letters = 0;
        for (double value : scale.ticks) {
            letters = Math.max(letters, label.apply(value).length());
        }
        return Math.max(LEAST_LEFT, 6 + LETTER * letters);
    }

    private String path(Line line, int number, Moments moments, Scale scale) {
        StringBuilder path = new StringBuilder();
        StringBuilder dots = new StringBuilder();
        boolean down = false;
        for (int i = 0; i < seconds.length; i++) {
            if (Double.isNaN(line.values[i])) {
                down = false;
                continue;
            }
            boolean alone = !down && (i + 1 == seconds.length || Double.isNaN(line.values[i + 1]));
            String point = String.format(Locale.ROOT, "%.1f %.1f", moments.x(seconds[i]), y(line.values[i], scale));
            if (alone) {
                // A dot is a line of no length with round ends.
                dots.append('M').append(point).append("h0.1");
            } else {
                path.append(down ? 'L' : 'M').append(point);
            }
            down = true;
        }
        return path(number, "", path) + path(number, " dot", dots);
    }

    private static String path(int line, String more, StringBuilder points) {
        return points.isEmpty() ? "" : "<path class=\"l" + style(line) + more + "\" d=\"" + points + "\"/>";
    }

    /** Which colour and which dashes a line has: the colours in turn, then again with other dashes. */
    private static String style(int line) {
        int dash = line / COLOURS % DASHES;
        return line % COLOURS + (dash == 0 ? "" : " d" + dash);
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
