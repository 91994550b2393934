package io.fleetline.bench.measure;

import java.util.Locale;

/** Numbers as people read them: three or four digits that count. */
public final class Numbers {
    private Numbers() {}

    /** The number with as many decimals as its size deserves, thousands set apart. */
    public static String text(double value) {
        double size = Math.abs(value);
        if (size >= 1_000) {
            return String.format(Locale.ROOT, "%,.0f", value);
        }
        if (size >= 100) {
            return String.format(Locale.ROOT, "%.0f", value);
        }
        if (size >= 10) {
            return String.format(Locale.ROOT, "%.1f", value);
        }
        return size >= 1 ? String.format(Locale.ROOT, "%.2f", value) : String.format(Locale.ROOT, "%.3f", value);
    }
}
