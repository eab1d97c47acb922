package io.modelgate.examples.credit;

import java.time.Duration;

/**
 * What the example rules in the documentation of two rollout tools would have done with a candidate whose every call is answered: both look
 * at the share of successful calls and at nothing else, so both take it through their whole ramp. Immutable.
 *
 * @param name the tool
 * @param step what share of the traffic each step adds
 * @param most the share at which it stops stepping and promotes
 * @param lasts how long each step lasts
 */
record Peers(String name, double step, double most, Duration lasts) {

    /** Flagger's canary: 5 % every 15 s up to 50 %, success at least 99 %. */
    static final Peers FLAGGER = new Peers("Flagger", 0.05, 0.50, Duration.ofSeconds(15));

    /** Argo Rollouts' canary with a background analysis: 20 % every 10 minutes, success at least 95 %. */
    static final Peers ARGO = new Peers("Argo Rollouts", 0.20, 0.80, Duration.ofMinutes(10));

    /** How many calls a candidate answers on the way through the whole ramp, at so many calls a second. */
    double letThrough(double callsPerSecond) {
        double share = 0;
        double calls = 0;
        for (int i = 1; share < most - 1e-9; i++) {
            share = i * step;
            calls += share * callsPerSecond * lasts.toMillis() / 1e3;
        }
        return calls;
    }
}
