package io.modelgate.budget;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.regex.Pattern;

/** The ranges and the decimal text of amounts: tokens, or micro-units of money. */
final class Amounts {

    /** The largest amount of one call, at which sums saturate. */
    static final long MAX = 1L << 40;

    static final long MAX_CEILING = 1L << 44;

    /** As much as an account can hold. */
    static final long MAX_HELD = (1L << 48) - 1;

    static final int DECIMALS = 6;

    /** ASCII digits only, and so few of them that no text can make the parser work or overflow. */
    private static final Pattern DECIMAL = Pattern.compile("[0-9]{1,12}(\\.[0-9]{1,6})?");

    private static final Pattern NEGATIVE = Pattern.compile("-[0-9.]+");
    private static final Pattern LONG = Pattern.compile("[0-9]{1,12}\\.[0-9]{7,}");

    private static final Duration SHORTEST = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofDays(366);

    private Amounts() {}

    /** Returns decimal text in micro-units. */
    static long micros(String decimal) {
        if (!DECIMAL.matcher(decimal).matches()) {
            throw new IllegalArgumentException(problem(decimal));
        }
        return new BigDecimal(decimal).movePointRight(DECIMALS).longValueExact();
    }

    private static String problem(String decimal) {
        if (NEGATIVE.matcher(decimal).matches()) {
            return "it is negative; expected 0 or more";
        }
        if (LONG.matcher(decimal).matches()) {
            return "it has more than " + DECIMALS + " decimals; round it";
        }
        return "it is not a decimal number; expected digits, and at most " + DECIMALS + " decimals after a '.'";
    }

    /** Returns micro-units as decimal text with two to six decimals. */
    static String decimal(long micros) {
        BigDecimal value = BigDecimal.valueOf(micros, DECIMALS).stripTrailingZeros();
        return value.setScale(Math.max(2, value.scale())).toPlainString();
    }

    /** Refuses a time that is not 1 second to 366 days. */
    static void length(String parameter, Duration value) {
        if (value.compareTo(SHORTEST) < 0 || value.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(parameter + " is " + value + ": expected " + SHORTEST + " to " + LONGEST
                    + " (1 second to 366 days)");
        }
    }

    /** Returns {@code value} if it is in the range. */
    static long range(String parameter, long value, long min, long max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(parameter + " is " + value + ": expected " + min + " to " + max);
        }
        return value;
    }
}
