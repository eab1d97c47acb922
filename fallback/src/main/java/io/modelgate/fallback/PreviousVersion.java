package io.modelgate.fallback;

import io.modelgate.Cause;
import io.modelgate.Fallback.Rescue;
import io.modelgate.Fallen;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/** Asks the version that was stable before. */
record PreviousVersion<I, O>(Set<Cause> causes) implements Rung<I, O> {

    static final String NAME = "previousVersion";

    /** What a version can answer: a refusal of the whole gate holds for all its versions. */
    static final Set<Cause> POSSIBLE = Collections.unmodifiableSet(EnumSet.complementOf(
            EnumSet.of(Cause.RATE_LIMITED, Cause.FULL, Cause.OVER_BUDGET, Cause.NO_TIME_LEFT, Cause.INPUT_BLOCKED)));

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Optional<Rescue<O>> answer(Fallen<I, O> call) {
        // A call killed before it was routed met the switch of the gate or the fleet: no model may answer it.
        if (call.cause() == Cause.KILLED && call.routed().isEmpty()) {
            return Optional.empty();
        }
        return call.previousVersion(NAME);
    }
}
