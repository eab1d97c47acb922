package io.modelgate.rollout;

import io.modelgate.ModelGate;

/** Where a gate's cohort is found. */
final class Routings {

    private Routings() {}

    /**
     * The cohort of a gate.
     *
     * @throws IllegalStateException if the gate was built without {@link Cohorts#router}
     */
    static CohortRouting of(ModelGate<?, ?> gate) {
        if (gate.routing().orElse(null) instanceof CohortRouting routing) {
            return routing;
        }
        throw new IllegalStateException(
                "gate \"" + gate.name() + "\" has no cohort router: build it with .router(Cohorts.router())");
    }
}
