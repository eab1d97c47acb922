package io.modelgate.spring;

import io.micrometer.common.KeyValue;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.modelgate.CallObserver;
import io.modelgate.Cause;
import io.modelgate.Outcome;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * Makes one observation of each call, {@code modelgate.call}: a span in a trace, around what the model does. Its keys are few and never name
 * a caller: {@code gate}, {@code version}, {@code rung}, {@code cause}, as the meters have them. Thread-safe.
 *
 * <p>What a model threw is no part of it, as its message may hold an input: a call that ended in hard failure has an error that
 * names the cause and nothing else.
 */
final class ObservedGates implements CallObserver {

    static final String NAME = "modelgate.call";

    private static final String NONE = "none";

    private final ObservationRegistry registry;

    ObservedGates(ObservationRegistry registry) {
        this.registry = registry;
    }

    /** A call begins; the observation is current on its thread until {@link Observed#left}. */
    @Override
    public Observed begin(String gate) {
        Observation observation = Observation.createNotStarted(NAME, registry)
                .contextualName(gate)
                .lowCardinalityKeyValue("gate", gate)
                .start();
        return new Call(observation, observation.openScope());
    }

    /** One call under observation. For the threads of that call. */
    private static final class Call implements Observed {

        private final Observation observation;
        private final Observation.Scope scope;

        Call(Observation observation, Observation.Scope scope) {
            this.observation = observation;
            this.scope = scope;
        }

        @Override
        public void left() {
            scope.close();
        }

        @Override
        public void ended(Outcome<?> outcome) {
            boolean failed = outcome.answer().isEmpty();
            end(
                    outcome.routed().orElse(NONE),
                    outcome instanceof Outcome.FellBack<?> fell ? fell.rung() : NONE,
                    outcome.cause().orElse(null),
                    failed);
        }

        @Override
        public void threw(Throwable thrown) {
            Throwable error =
                    thrown instanceof CompletionException && thrown.getCause() != null ? thrown.getCause() : thrown;
            end(NONE, NONE, error instanceof CancellationException ? Cause.CUT : Cause.ERROR, true);
        }

        private void end(String version, String rung, @Nullable Cause cause, boolean failed) {
            String why = cause == null ? NONE : cause.name();
            observation
                    .lowCardinalityKeyValue(KeyValue.of("version", version))
                    .lowCardinalityKeyValue(KeyValue.of("rung", rung))
                    .lowCardinalityKeyValue(KeyValue.of("cause", why));
            if (failed) {
                observation.error(new NoAnswer(why));
            }
            observation.stop();
        }
    }

    /** What an observation knows of a hard failure. */
    static final class NoAnswer extends RuntimeException {

        private static final long serialVersionUID = 1L;

        NoAnswer(String cause) {
            super("no answer: " + cause, null, false, false);
        }
    }
}
