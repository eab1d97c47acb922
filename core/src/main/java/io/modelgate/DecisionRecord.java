package io.modelgate;

import io.modelgate.control.Json;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is kept of one call: what it came to, who answered and why, for an auditor who asks a year later. Immutable. {@code
 * docs/decision-records.md} describes it as a line of JSON.
 *
 * @param id the {@linkplain Outcome#id outcome's} id
 * @param gate the gate
 * @param at when the call began
 * @param took from the beginning to the outcome; zero for a call that read no clock
 * @param kind what it came to
 * @param routed the version that the caller was routed to, or null
 * @param answeredBy the version that answered, or null
 * @param rung the rung that answered, or null if the routed version or nobody did
 * @param cause why the routed version did not answer, or null if it did
 * @param staleness see {@link Outcome#staleness}
 * @param caller the {@linkplain Identities keyed hash} of the caller's key, or null for a caller without one
 * @param session the keyed hash of the session, or null
 * @param traceId the trace that the call began in, or null
 * @param inputDigest the digest of the input, or null where nothing says which bytes it is of
 * @param outputDigest the digest of the answer, or null in the same way
 * @param input the input as its redaction left it, or null where it is not allowed
 * @param output the answer as its redaction left it, or null where it is not allowed
 */
public record DecisionRecord(
        String id,
        String gate,
        Instant at,
        Duration took,
        Kind kind,
        @Nullable String routed,
        @Nullable String answeredBy,
        @Nullable String rung,
        @Nullable Cause cause,
        Duration staleness,
        @Nullable String caller,
        @Nullable String session,
        @Nullable String traceId,
        @Nullable String inputDigest,
        @Nullable String outputDigest,
        @Nullable String input,
        @Nullable String output) {

    /** What a call came to. */
    public enum Kind {
        /** The routed version answered. */
        ANSWERED,
        /** A rung answered. */
        FELL_BACK,
        /** The gate refused and nobody answered. */
        REFUSED,
        /** The model failed and nobody answered. */
        FAILED;

        static Kind of(Outcome<?> outcome) {
            if (outcome instanceof Outcome.Answered) {
                return ANSWERED;
            }
            if (outcome instanceof Outcome.FellBack) {
                return FELL_BACK;
            }
            return outcome instanceof Outcome.Refused ? REFUSED : FAILED;
        }
    }

    /** The record as one line of JSON, without its newline; what is null is left out. */
    public String json() {
        Map<String, Object> data = new HashMap<>();
        data.put("v", 1L);
        data.put("id", id);
        data.put("gate", gate);
        data.put("at", at.toString());
        data.put("tookNanos", took.toNanos());
        data.put("outcome", kind.name().toLowerCase(Locale.ROOT));
        data.put("stalenessMillis", staleness.toMillis());
        put(data, "routed", routed);
        put(data, "answeredBy", answeredBy);
        put(data, "rung", rung);
        put(data, "cause", cause == null ? null : cause.name().toLowerCase(Locale.ROOT));
        put(data, "caller", caller);
        put(data, "session", session);
        put(data, "traceId", traceId);
        put(data, "inputDigest", inputDigest);
        put(data, "outputDigest", outputDigest);
        put(data, "input", input);
        put(data, "output", output);
        return Json.text(data);
    }

    private static void put(Map<String, Object> data, String name, @Nullable String value) {
        if (value != null) {
            data.put(name, value);
        }
    }

    /** Holds no body: a record may end up in a log line. */
    @Override
    public String toString() {
        return "DecisionRecord[id=" + id + ", gate=" + gate + ", at=" + at + ", kind=" + kind + ", routed=" + routed
                + ", answeredBy=" + answeredBy + ", rung=" + rung + ", cause=" + cause + "]";
    }
}
