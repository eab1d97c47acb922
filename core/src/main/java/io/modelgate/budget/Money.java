package io.modelgate.budget;

import java.util.Currency;

/**
 * An amount of money: an integer number of micro-units with its currency.
 *
 * <p>Immutable and thread-safe.
 *
 * @param micros millionths of the currency's unit (1 USD is 1,000,000), 0 to 2<sup>48</sup> − 1
 * @param currency the three letters of ISO 4217, for instance {@code USD}
 */
public record Money(long micros, String currency) {

    /**
     * Checks the amount.
     *
     * @throws IllegalArgumentException if {@code micros} is out of range or there is no such currency
     */
    public Money {
        Amounts.range("micros", micros, 0, Amounts.MAX_HELD);
        checkCurrency(currency);
    }

    /**
     * Returns the amount that decimal text says.
     *
     * @param decimal digits, and at most six decimals after a '.', for instance {@code "20.00"}; at most 281,474,976.710655
     * @param currency the three letters of ISO 4217
     * @throws IllegalArgumentException if the text is anything else, or there is no such currency
     */
    public static Money of(String decimal, String currency) {
        long micros;
        try {
            micros = Amounts.micros(decimal);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("decimal is " + Names.quote(decimal) + ": " + e.getMessage(), e);
        }
        if (micros > Amounts.MAX_HELD) {
            throw new IllegalArgumentException(
                    "decimal is " + Names.quote(decimal) + ": expected at most " + Amounts.decimal(Amounts.MAX_HELD));
        }
        return new Money(micros, currency);
    }

    static void checkCurrency(String currency) {
        if (!isCurrency(currency)) {
            throw new IllegalArgumentException("currency is " + Names.quote(currency)
                    + ": expected the three capital letters of a currency of ISO 4217, for instance \"USD\"");
        }
    }

    static boolean isCurrency(String code) {
        try {
            return code.equals(Currency.getInstance(code).getCurrencyCode());
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** The amount with two to six decimals, and the currency, for instance {@code 20.00 USD}. */
    @Override
    public String toString() {
        return Amounts.decimal(micros) + " " + currency;
    }
}
