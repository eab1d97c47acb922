package io.modelgate.rollout;

import io.modelgate.control.Entry;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one process has counted of a rollout, as the control log holds it, so that a restart goes on from there. Immutable.
 *
 * @param since the entry that began the weight it had
 * @param elapsed nanoseconds that the process has watched that weight
 * @param ready at how many of them the step's least time and callers were reached, or -1
 * @param hold the entry since which it was held up, or 0
 * @param held nanoseconds that the process has watched it held up
 * @param callers about how many callers the candidate had here at that weight
 * @param calls calls that the candidate answered here, in the whole rollout
 * @param epochCalls those of them at that weight
 * @param reached a sketch of the callers that it answered here, in the whole rollout
 * @param evidence the state of the evidence
 */
record Checkpoint(
        long since,
        long elapsed,
        long ready,
        long hold,
        long held,
        long callers,
        long calls,
        long epochCalls,
        String reached,
        Map<String, Object> evidence) {

    static final String INSTANCE = "instance";

    Map<String, Object> data(String rollout, String instance) {
        Map<String, Object> data = new HashMap<>();
        data.put(EntryTypes.ID, rollout);
        data.put(INSTANCE, instance);
        data.put("since", since);
        data.put("elapsed", elapsed);
        data.put("ready", ready);
        data.put(EntryTypes.HOLD, hold);
        data.put("held", held);
        data.put("callers", callers);
        data.put("calls", calls);
        data.put("epochCalls", epochCalls);
        data.put("reached", reached);
        data.put(EntryTypes.EVIDENCE, evidence);
        return data;
    }

    /** Reads an entry; null if a part of it is missing or malformed. */
    static @Nullable Checkpoint of(Entry entry) {
        long since = entry.number("since", -1);
        long elapsed = entry.number("elapsed", -1);
        long held = entry.number("held", -1);
        long calls = entry.number("calls", -1);
        long callers = entry.number("callers", -1);
        String reached = entry.text("reached");
        if (since < 0 || elapsed < 0 || held < 0 || calls < 0 || callers < 0 || reached == null) {
            return null;
        }
        Map<String, Object> evidence = new HashMap<>();
        if (entry.decision().data().get(EntryTypes.EVIDENCE) instanceof Map<?, ?> map) {
            map.forEach((name, value) -> evidence.put(String.valueOf(name), value));
        }
        return new Checkpoint(
                since,
                elapsed,
                Math.max(-1, entry.number("ready", -1)),
                Math.max(0, entry.number(EntryTypes.HOLD, 0)),
                held,
                callers,
                calls,
                Math.min(calls, Math.max(0, entry.number("epochCalls", 0))),
                reached,
                Map.copyOf(evidence));
    }
}
