package io.modelgate.control;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;

/**
 * What an actor decided, before the log has given it a place. Immutable.
 *
 * @param id the unique id under which an append is idempotent; 1 to 100 letters, digits, '.', '_' or '-'
 * @param at when it was decided, in the years 0 to 9999; cut to milliseconds
 * @param type the kind of decision, for instance {@code kill}; the same characters as an id
 * @param critical whether a process that does not know the type must not start the gate
 * @param gate the gate that it concerns, or {@code *} for all; the same characters as an id
 * @param actor who decided; not empty
 * @param authentication how the actor was authenticated, not empty; {@code asserted} when the code merely said so
 * @param reason why, in the actor's words; may be empty
 * @param data the rest, by type: strings, integers ({@link Long}), booleans, lists and string-keyed maps of these, nested at
 *     most 32 deep; copied, and iterated in the order of the keys
 */
public record Decision(
        String id,
        Instant at,
        String type,
        boolean critical,
        String gate,
        String actor,
        String authentication,
        String reason,
        Map<String, Object> data) {

    /** The gate name that stands for all gates. */
    public static final String FLEET = "*";

    private static final Instant FIRST = Instant.parse("0000-01-01T00:00:00Z");
    private static final Instant END = Instant.parse("+10000-01-01T00:00:00Z");

    /**
     * Copies the data and cuts the time to milliseconds, so that an entry reads back equal to what was written.
     *
     * @throws IllegalArgumentException if a component is outside the range given above; the message names it
     */
    public Decision {
        name("id", id);
        name("type", type);
        if (!gate.equals(FLEET)) {
            name("gate", gate);
        }
        notEmpty("actor", actor);
        notEmpty("authentication", authentication);
        if (at.isBefore(FIRST) || !at.isBefore(END)) {
            throw new IllegalArgumentException("at is " + at + ": expected a time in the years 0 to 9999");
        }
        at = at.truncatedTo(ChronoUnit.MILLIS);
        data = Data.copy(data);
    }

    /** Whether it engages a switch. */
    public boolean isKill() {
        return type.equals("kill");
    }

    private static void name(String parameter, String value) {
        boolean valid = !value.isEmpty() && value.length() <= 100;
        for (int i = 0; valid && i < value.length(); i++) {
            char c = value.charAt(i);
            valid = (c >= 'a' && c <= 'z')
                    || (c >= 'A' && c <= 'Z')
                    || (c >= '0' && c <= '9')
                    || c == '.'
                    || c == '_'
                    || c == '-';
        }
        if (!valid) {
            throw new IllegalArgumentException(parameter + " is " + LineWriter.quote(value)
                    + ": expected 1 to 100 letters, digits, '.', '_' or '-'");
        }
    }

    private static void notEmpty(String parameter, String value) {
        if (value.isEmpty()) {
            throw new IllegalArgumentException(parameter + " is \"\": expected at least one character");
        }
    }
}
