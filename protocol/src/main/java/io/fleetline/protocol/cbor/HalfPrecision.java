package io.fleetline.protocol.cbor;

/** IEEE 754 binary16, which Java 17 has no type for (RFC 8949 appendix D). */
final class HalfPrecision {
    private static final int INFINITE_EXPONENT = 31;

    private HalfPrecision() {}

    static double toDouble(int half) {
        int exponent = half >> 10 & 0x1f;
        int mantissa = half & 0x3ff;
        double value;
        if (exponent == 0) {
            value = Math.scalb((double) mantissa, -24);
        } else if (exponent != INFINITE_EXPONENT) {
            value = Math.scalb((double) (mantissa + 0x400), exponent - 25);
        } else {
            value = mantissa == 0 ? Double.POSITIVE_INFINITY : Double.NaN;
        }
        return (half & 0x8000) == 0 ? value : -value;
    }

    /** The half that is exactly this number (any NaN is one NaN); −1 if there is none. */
    static int exactly(double value) {
        int sign = Double.doubleToRawLongBits(value) < 0 ? 0x8000 : 0;
        double magnitude = Math.abs(value);
        int half;
        if (Double.isNaN(value)) {
            return 0x7e00;
        } else if (Double.isInfinite(value)) {
            half = 0x7c00;
        } else if (magnitude < 0x1p-14) {
            half = (int) Math.scalb(magnitude, 24);
        } else if (magnitude < 0x1p16) {
            int exponent = Math.getExponent(magnitude);
            half = ((exponent + 15) << 10) | ((int) Math.scalb(magnitude, 10 - exponent) & 0x3ff);
        } else {
            return -1;
        }
        return toDouble(half) == magnitude ? sign | half : -1;
    }
}
