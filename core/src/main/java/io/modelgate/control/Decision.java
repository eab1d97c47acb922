package io.modelgate.control;

import java.time.Instant;
import java.util.Map;

/**
 * What an actor decided, before the log has given it a place. Immutable.
 *
 * @param id the unique id under which an append is idempotent; 1 to 100 letters, digits, '.', '_' or '-'
 * @param at when it was decided, with millisecond precision
 * @param type the kind of decision, for instance {@code kill}
 * @param critical whether a process that does not know the type must not start the gate
 * @param gate the gate that it concerns, or {@code *} for all
 * @param actor who decided
 * @param authentication how the actor was authenticated; {@code asserted} when the code merely said so
 * @param reason why, in the actor's words; may be empty
 * @param data the rest, by type: strings, integers ({@link Long}), booleans, lists and string-keyed maps of these
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

    /** Copies the data and cuts the time to milliseconds, so that an entry reads back equal to what was written. */
    public Decision {
        at = at.truncatedTo(java.time.temporal.ChronoUnit.MILLIS);
        data = Map.copyOf(data);
    }
}
