package io.modelgate.simulator;

import java.math.BigDecimal;
import java.math.MathContext;
import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How scenarios and the command line write numbers, shares and durations. */
final class Quantity {

    private static final Pattern NUMBER =
            Pattern.compile("[+-]?(\\d{1,15}(\\.\\d{0,15})?|\\.\\d{1,15})([eE][+-]?\\d{1,2})?");
    private static final Pattern DURATION = Pattern.compile(
            "(?:(\\d{1,6})w)?(?:(\\d{1,6})d)?(?:(\\d{1,6})h)?(?:(\\d{1,6})m(?!s))?(?:(\\d{1,6})s)?(?:(\\d{1,6})ms)?");
    private static final Duration[] UNITS = {
        Duration.ofDays(7),
        Duration.ofDays(1),
        Duration.ofHours(1),
        Duration.ofMinutes(1),
        Duration.ofSeconds(1),
        Duration.ofMillis(1)
    };
    private static final Duration YEAR = Duration.ofDays(366);

    private Quantity() {}

    /** NaN if it is none. */
    static double number(String text) {
        return NUMBER.matcher(text).matches() ? Double.parseDouble(text) : Double.NaN;
    }

    /** A share written as such or in percent; NaN if it is none. */
    static double share(String text) {
        return text.endsWith("%") ? number(text.substring(0, text.length() - 1).trim()) / 100 : number(text);
    }

    /** A duration, such as {@code 1h30m}, in nanoseconds; -1 if it is none, or longer than a year. */
    static long nanos(String text) {
        Matcher parts = DURATION.matcher(text);
        if (text.isEmpty() || !parts.matches()) {
            return -1;
        }
        Duration sum = Duration.ZERO;
        for (int i = 0; i < UNITS.length; i++) {
            if (parts.group(i + 1) != null) {
                sum = sum.plus(UNITS[i].multipliedBy(Long.parseLong(parts.group(i + 1))));
            }
        }
        return sum.compareTo(YEAR) > 0 ? -1 : sum.toNanos();
    }

    /** Without exponent or needless zeros. */
    static String plain(double number) {
        return new BigDecimal(number)
                .round(new MathContext(12))
                .stripTrailingZeros()
                .toPlainString();
    }

    /** To three digits. */
    static String round(double number) {
        return new BigDecimal(number)
                .round(new MathContext(3))
                .stripTrailingZeros()
                .toPlainString();
    }

    /** A share as a person reads it: {@code 0.3 %}. */
    static String percent(double share) {
        return Double.isNaN(share) ? "-" : round(share * 100) + " %";
    }

    /** A time since the start: {@code 1 d 02:03:04}. */
    static String clock(Duration time) {
        String days = time.toDays() > 0 ? time.toDays() + " d " : "";
        return String.format(
                Locale.ROOT, "%s%02d:%02d:%02d", days, time.toHoursPart(), time.toMinutesPart(), time.toSecondsPart());
    }

    /** Quotes what somebody wrote, cut to a readable length and without what a terminal would act on. */
    static String quote(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        text.codePoints()
                .limit(80)
                .forEach(c -> quoted.appendCodePoint(
                        Character.isISOControl(c) || Character.getType(c) == Character.FORMAT ? '?' : c));
        return quoted.append(text.codePointCount(0, text.length()) > 80 ? "…\"" : "\"")
                .toString();
    }
}
