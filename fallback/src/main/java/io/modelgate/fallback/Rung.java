package io.modelgate.fallback;

import io.modelgate.Cause;
import io.modelgate.Fallback.Rescue;
import io.modelgate.Fallen;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/** One of the ordered fallbacks of a ladder. Thread-safe. */
sealed interface Rung<I, O> permits PreviousVersion, LastGood, RuleRung, Degrade, Fail {

    Set<Cause> ANY = Collections.unmodifiableSet(EnumSet.allOf(Cause.class));

    /** What a rung can answer that does work: it needs time. */
    Set<Cause> AT_WORK = Collections.unmodifiableSet(EnumSet.complementOf(EnumSet.of(Cause.NO_TIME_LEFT)));

    String name();

    /** The causes it may answer; calls with another cause pass it. */
    Set<Cause> causes();

    /** Answers the call, or empty for the next rung to try. */
    Optional<Rescue<O>> answer(Fallen<I, O> call) throws Exception;

    /** Whether its causes go no further down: it does no work, needs no time, and cannot fail. */
    default boolean ends() {
        return false;
    }
}
