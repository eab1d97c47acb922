package io.modelgate.rollout;

import io.modelgate.Outcome;
import io.modelgate.Twin;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/** Asks a version its smoke calls, one after the other, on this thread. */
final class Smoking {

    private Smoking() {}

    /** What went wrong, by the call's name; empty if nothing did. What a check threw goes to {@code thrown}. */
    static <I, O> Map<String, String> failures(
            Twin<I, O> twin, BlueGreenBuilder<I, O> settings, Consumer<Throwable> thrown) {
        Map<String, String> failures = new LinkedHashMap<>();
        settings.smokes.forEach((name, smoke) -> {
            Outcome<O> outcome = twin.ask(smoke.input(), settings.caller);
            try {
                if (!(outcome instanceof Outcome.Answered<O> answered)) {
                    failures.put(name, text(outcome));
                } else if (!smoke.check().test(answered.value())) {
                    failures.put(name, "its answer is not what the check expects");
                }
            } catch (Exception | AssertionError e) { // of an assertion library, for instance
                thrown.accept(e);
                failures.put(
                        name, "its check threw " + e.getClass().getSimpleName()); // its message may hold the answer
            }
        });
        return failures;
    }

    /** Why there is no answer. What a model threw is named by its class only: its message may hold what it was asked. */
    static String text(Outcome<?> outcome) {
        Throwable error = outcome instanceof Outcome.Failed<?> failed
                ? failed.error()
                : outcome instanceof Outcome.Refused<?> refused ? refused.error() : null;
        return outcome.cause().map(Object::toString).orElse("no answer")
                + (error == null ? "" : " (" + error.getClass().getSimpleName() + ")");
    }
}
