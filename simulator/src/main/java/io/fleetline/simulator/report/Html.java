package io.fleetline.simulator.report;

import java.util.Locale;

/** Texts and figures for a page. */
final class Html {
    private Html() {}

    /** A text that stands for itself. */
    static String text(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }

    /** A time in ms, in the unit that suits it. */
    static String millis(double millis) {
        if (millis >= 1_000) {
            return number(millis / 1_000) + " s";
        }
        return millis >= 0.9995 || millis == 0 ? number(millis) + " ms" : number(millis * 1_000) + " µs";
    }

    /** A moment of a run. */
    static String seconds(double seconds) {
        return seconds >= 120 ? number(seconds / 60) + " min" : number(seconds) + " s";
    }

    /** A count. */
    static String number(long count) {
        return String.format(Locale.ROOT, "%,d", count);
    }

    /** A number with as many digits as one wants to read. */
    static String number(double value) {
        double size = Math.abs(value);
        if (value == Math.rint(value) || size >= 100) {
            return String.format(Locale.ROOT, "%,.0f", value);
        }
        return String.format(Locale.ROOT, size >= 10 ? "%.1f" : "%.2f", value);
    }
}
