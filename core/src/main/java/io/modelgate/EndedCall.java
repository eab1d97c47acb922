package io.modelgate;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A call that ends, as it comes off the serving path: the one object that is made there for those who listen. What it lacks of a
 * {@link ServedCall} is made by whoever takes it. Not thread-safe: the queue hands it from one thread to another.
 */
final class EndedCall<I, O> {

    private final ModelGate<I, O> gate;
    private final @Nullable I input;
    private final Caller caller;
    private final long start;

    /** When it ended; the invocation says so where it has read the clock anyway. */
    long end = Descent.UNREAD;

    /** What the version answered that the caller was routed to, or the outcome of any other call. */
    private @Nullable Object result;

    /** The snapshot in which its caller was routed there, where feedback may ask for the place. */
    private @Nullable GateState<I, O> routedIn;

    /** That version; null where {@link #result} is an outcome. */
    private @Nullable String answeredBy;

    private Duration staleness = Duration.ZERO;
    private @Nullable String traceId;

    EndedCall(ModelGate<I, O> gate, @Nullable I input, Caller caller, long start) {
        this.gate = gate;
        this.input = input;
        this.caller = caller;
        this.start = start;
    }

    /** The version that the caller was routed to answered, and nobody was given the outcome. */
    void answered(String version, Object answer, Duration stale, @Nullable GateState<I, O> seen) {
        routedIn = seen;
        answeredBy = version;
        result = answer;
        staleness = stale;
    }

    /** It came to this outcome, which has its id. What the version routed to did not answer ends later than its invocation. */
    void came(Outcome<O> to) {
        result = to;
        if (!(to instanceof Outcome.Answered<O>)) {
            end = Descent.UNREAD;
        }
    }

    /** Reads the clock if the invocation did not. */
    void ended(Ticker ticker) {
        if (end == Descent.UNREAD) {
            end = ticker.read();
        }
    }

    void trace(@Nullable String id) {
        traceId = id;
    }

    /** What the caller gets. */
    O value() {
        return answeredBy == null ? gate.answerOf(outcome()) : answer();
    }

    /** What it came to, with its id. */
    @SuppressWarnings("unchecked") // the outcome of a call to this gate
    Outcome<O> outcome() {
        return answeredBy == null
                ? (Outcome<O>) known()
                : gate.hearing().answered(routedIn, answer(), answeredBy, staleness, start, caller);
    }

    @SuppressWarnings("unchecked") // what a version of this gate answered
    private O answer() {
        return (O) known();
    }

    private Object known() {
        Object known = result;
        if (known == null) {
            throw new IllegalStateException("the call has not ended");
        }
        return known;
    }

    ServedCall<I, O> served(Instant now, long tick) {
        boolean unread = start == Descent.UNREAD;
        Outcome<O> outcome = outcome();
        OutcomeId id = outcome.issued();
        if (id == null) {
            throw new IllegalStateException("the outcome has no id");
        }
        return new ServedCall<>(
                id,
                gate.name(),
                now.minusNanos(tick - (unread ? end : start)),
                unread ? Duration.ZERO : Duration.ofNanos(end - start),
                input,
                caller,
                outcome,
                traceId);
    }
}
