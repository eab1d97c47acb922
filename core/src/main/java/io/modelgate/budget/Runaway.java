package io.modelgate.budget;

import java.time.Duration;
import java.util.Objects;

/**
 * A limit on what one session does, which an agent that loops trips before its budget is gone.
 *
 * <p>Give several of one kind to be told before a session is stopped: observe at 50 calls, kill at 100. All are immutable and
 * thread-safe.
 */
public sealed interface Runaway {

    /** What happens when it trips. */
    Reaction reaction();

    /**
     * Returns the limit that trips on every call after the first {@code calls} of a session. Calls that were refused do not count.
     *
     * @param calls 1 to 1,000,000,000
     * @throws IllegalArgumentException if it is out of range
     */
    static Runaway callsPerSession(int calls, Reaction reaction) {
        return new CallsPerSession(calls, reaction);
    }

    /**
     * Returns the limit that trips on an input that would stand more than {@code times} times among the last 64 inputs of the
     * session, in a row or not. Inputs are compared by digest; inputs of refused calls do not count.
     *
     * @param times 1 to 63
     * @throws IllegalArgumentException if it is out of range
     */
    static Runaway repeatedInput(int times, Reaction reaction) {
        return new RepeatedInput(times, reaction);
    }

    /**
     * Returns the limit that trips on a call once the session has spent more than {@code tokens} within the last {@code per};
     * what is older by up to a sixteenth of it may still count.
     *
     * @param tokens 1 to 2<sup>40</sup>
     * @param per 1 second to 366 days
     * @throws IllegalArgumentException if one is out of range
     */
    static Runaway spendRate(long tokens, Duration per, Reaction reaction) {
        return new TokenRate(tokens, per, reaction);
    }

    /**
     * Returns the limit that trips on a call once the session has spent more than {@code money} within the last {@code per};
     * what is older by up to a sixteenth of it may still count.
     *
     * @param money 1 to 2<sup>40</sup> micro-units, in the currency of the prices
     * @param per 1 second to 366 days
     * @throws IllegalArgumentException if one is out of range
     */
    static Runaway spendRate(Money money, Duration per, Reaction reaction) {
        return new MoneyRate(money, per, reaction);
    }

    /**
     * At most so many calls in the life of a session.
     *
     * @param calls 1 to 1,000,000,000
     * @param reaction what happens on the next one
     */
    record CallsPerSession(int calls, Reaction reaction) implements Runaway {
        /**
         * Checks the range.
         *
         * @throws IllegalArgumentException if {@code calls} is out of range
         */
        public CallsPerSession {
            Amounts.range("calls", calls, 1, 1_000_000_000);
            Objects.requireNonNull(reaction, "reaction");
        }
    }

    /**
     * At most so many identical inputs among the last 64.
     *
     * @param times 1 to 63
     * @param reaction what happens on the next one
     */
    record RepeatedInput(int times, Reaction reaction) implements Runaway {
        /**
         * Checks the range.
         *
         * @throws IllegalArgumentException if {@code times} is out of range
         */
        public RepeatedInput {
            Amounts.range("times", times, 1, SessionWatch.REMEMBERED - 1);
            Objects.requireNonNull(reaction, "reaction");
        }
    }

    /**
     * At most so many tokens in a time.
     *
     * @param tokens 1 to 2<sup>40</sup>
     * @param per 1 second to 366 days
     * @param reaction what happens on the next call
     */
    record TokenRate(long tokens, Duration per, Reaction reaction) implements Runaway {
        /**
         * Checks the ranges.
         *
         * @throws IllegalArgumentException if one is out of range
         */
        public TokenRate {
            Amounts.range("tokens", tokens, 1, Amounts.MAX);
            Amounts.length("per", per);
            Objects.requireNonNull(reaction, "reaction");
        }
    }

    /**
     * At most so much money in a time.
     *
     * @param money 1 to 2<sup>40</sup> micro-units
     * @param per 1 second to 366 days
     * @param reaction what happens on the next call
     */
    record MoneyRate(Money money, Duration per, Reaction reaction) implements Runaway {
        /**
         * Checks the ranges.
         *
         * @throws IllegalArgumentException if one is out of range
         */
        public MoneyRate {
            Amounts.range("money in micro-units", money.micros(), 1, Amounts.MAX);
            Amounts.length("per", per);
            Objects.requireNonNull(reaction, "reaction");
        }
    }
}
