package io.modelgate.rollout;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How a policy spells durations, weights, shares and numbers. What it refuses, it refuses with what it expects. */
final class PolicyText {

    private static final Pattern DURATION = Pattern.compile(
            "(?:(\\d{1,6})w)?(?:(\\d{1,6})d)?(?:(\\d{1,6})h)?(?:(\\d{1,6})m(?!s))?(?:(\\d{1,6})s)?(?:(\\d{1,6})ms)?");
    private static final long[] MILLIS = {604_800_000, 86_400_000, 3_600_000, 60_000, 1_000, 1};
    private static final String[] UNITS = {"w", "d", "h", "m", "s", "ms"};

    private static final Pattern NUMBER = Pattern.compile("-?\\d{1,15}(?:\\.\\d{1,20})?");
    private static final Pattern PERCENT = Pattern.compile("(-?\\d{1,15}(?:\\.\\d{1,15})?) ?%");

    private static final String EXPECTED_DURATION = "expected a duration such as 15s, 30m, 1h30m, 7d or 2w";

    private PolicyText() {}

    /** Reads {@code 1h30m}. */
    static Duration duration(String text) {
        Matcher parts = DURATION.matcher(text);
        if (text.isEmpty() || !parts.matches()) {
            throw new IllegalArgumentException(EXPECTED_DURATION);
        }
        long millis = 0;
        for (int i = 0; i < MILLIS.length; i++) {
            if (parts.group(i + 1) != null) {
                millis += Long.parseLong(parts.group(i + 1)) * MILLIS[i];
            }
        }
        return Duration.ofMillis(millis);
    }

    /** Writes a duration as {@link #duration} reads it; what is below a millisecond is not worth showing. */
    static String text(Duration duration) {
        if (duration.isNegative() || duration.toDays() > 1_000_000) {
            return duration.toString();
        }
        StringBuilder text = new StringBuilder();
        long rest = duration.toMillis();
        for (int i = 1; i < MILLIS.length; i++) { // in days, not weeks: "7d" is how people say it
            if (rest / MILLIS[i] > 0) {
                text.append(rest / MILLIS[i]).append(UNITS[i]);
                rest %= MILLIS[i];
            }
        }
        return text.length() == 0 ? "0s" : text.toString();
    }

    /** Reads {@code 0.5 %}. Not {@code 0.5}, which one takes for a half and the next for half a percent. */
    static Weight weight(String text) {
        Matcher percent = PERCENT.matcher(text);
        if (!percent.matches()) {
            String fix = NUMBER.matcher(text).matches() ? "; write " + text + " %, if percent is meant" : "";
            throw new IllegalArgumentException("expected a percentage such as 0.5 %" + fix);
        }
        BigDecimal parts = new BigDecimal(percent.group(1)).movePointRight(3);
        if (parts.signum() < 0 || parts.compareTo(BigDecimal.valueOf(Weight.FULL.parts())) > 0) {
            throw new IllegalArgumentException("expected 0 to 100 %");
        }
        if (parts.stripTrailingZeros().scale() > 0) {
            throw new IllegalArgumentException("expected at most three decimals of a percent");
        }
        return Weight.of(parts.intValueExact());
    }

    /** Whether a text, if it is a percentage at all, is between two others and is none of them. */
    static boolean between(String text, int above, int below) {
        Matcher percent = PERCENT.matcher(text);
        if (!percent.matches()) {
            return true;
        }
        double value = Double.parseDouble(percent.group(1));
        return value > above && value < below;
    }

    /** Reads a share: {@code 1 %} and {@code 0.01} are the same. */
    static double share(String text) {
        Matcher percent = PERCENT.matcher(text);
        if (percent.matches()) {
            return new BigDecimal(percent.group(1)).movePointLeft(2).doubleValue();
        }
        if (!NUMBER.matcher(text).matches()) {
            throw new IllegalArgumentException("expected a share such as 0.01 or 1 %");
        }
        return Double.parseDouble(text);
    }

    static double number(String text) {
        if (!NUMBER.matcher(text).matches()) {
            throw new IllegalArgumentException("expected a number such as 0.7");
        }
        return Double.parseDouble(text);
    }

    static long whole(String text) {
        if (!text.matches("-?\\d{1,18}")) {
            throw new IllegalArgumentException("expected a whole number");
        }
        return Long.parseLong(text);
    }

    /** The shortest decimal that stands for the double, without an exponent. */
    static String decimal(double value) {
        return Double.isFinite(value)
                ? BigDecimal.valueOf(value).stripTrailingZeros().toPlainString()
                : Double.toString(value);
    }

    /** A share as a person writes it: {@code 0.3 %}. */
    static String percent(double share) {
        return Double.isFinite(share)
                ? BigDecimal.valueOf(share)
                                .movePointRight(2)
                                .stripTrailingZeros()
                                .toPlainString() + " %"
                : Double.toString(share);
    }

    /** Quotes what a user wrote, cut to a readable length and without what a terminal would act on. */
    static String quote(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        for (int i = 0; i < Math.min(text.length(), 100); i++) {
            char c = text.charAt(i);
            if (Character.isISOControl(c) || c == '\u2028' || c == '\u2029') {
                quoted.append(String.format("\\u%04x", (int) c));
            } else {
                quoted.append(c);
            }
        }
        return quoted.append(text.length() > 100 ? "…\"" : "\"").toString();
    }
}
