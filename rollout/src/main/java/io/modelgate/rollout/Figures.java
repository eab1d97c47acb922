package io.modelgate.rollout;

import java.math.BigDecimal;
import java.math.MathContext;

/** Writes numbers for a person who is in a hurry: three digits that matter, thousands apart. */
final class Figures {

    private static final MathContext THREE = new MathContext(3);

    private Figures() {}

    /** {@code 19,800}. */
    static String count(long count) {
        String digits = Long.toString(count);
        int first = count < 0 ? 1 : 0;
        if (digits.length() - first <= 3) {
            return digits;
        }
        StringBuilder text = new StringBuilder(digits);
        for (int i = digits.length() - 3; i > first; i -= 3) {
            text.insert(i, ',');
        }
        return text.toString();
    }

    /** {@code 43.2}, {@code 0.00131}, {@code 1.2e45}. */
    static String three(double value) {
        if (!Double.isFinite(value)) {
            return Double.toString(value);
        }
        double size = Math.abs(value);
        if (size >= 1e6 || (size > 0 && size < 1e-4)) {
            // String.format is what this replaces: it is slow, and this is written at every look.
            int exponent = (int) Math.floor(Math.log10(size));
            double digits = Math.rint(value / Math.pow(10, exponent) * 10) / 10;
            if (Math.abs(digits) >= 10) {
                digits /= 10;
                exponent++;
            }
            return Double.isFinite(digits) ? digits + "e" + exponent : Double.toString(value);
        }
        if (size >= 1000) {
            return count(Math.round(value));
        }
        BigDecimal rounded = new BigDecimal(value, THREE).stripTrailingZeros();
        return rounded.signum() == 0 ? "0" : rounded.toPlainString();
    }

    /** {@code 0.41 to 0.55}. */
    static String three(Interval at) {
        return three(at.low()) + " to " + three(at.high());
    }

    /** {@code 0.3 %}. */
    static String percent(double share) {
        return three(share * 100) + " %";
    }

    /** {@code 250 ms}; infinite for calls that never came back. */
    static String millis(double nanos) {
        return Double.isInfinite(nanos) ? "no answer" : three(nanos / 1e6) + " ms";
    }
}
