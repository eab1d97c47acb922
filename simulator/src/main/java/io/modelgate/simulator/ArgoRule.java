package io.modelgate.simulator;

/**
 * Argo Rollouts' documented example with a background analysis: 20 points of weight every 10 minutes, and from the second weight on
 * ({@code startingStep: 2}) every 5 minutes the candidate's success over the last 5 minutes, which fails below 95 %; more than 3
 * failures roll back. A measurement without calls counts neither way. The end of the last pause promotes and ends the analysis.
 */
final class ArgoRule implements PeerRule {

    private static final int PAUSE = 600;
    private static final int STEP = 20;
    private static final int STEPS = 4;
    private static final int ANALYSIS_FROM = PAUSE;
    private static final int INTERVAL = 300;
    private static final double SUCCESS = 0.95;
    private static final int FAILURE_LIMIT = 3;

    private final Window fiveMinutes = new Window(INTERVAL);
    private int seconds;
    private int failures;

    @Override
    public double weight() {
        return STEP * (1 + Math.min(seconds / PAUSE, STEPS - 1)) / 100.0;
    }

    @Override
    public State second(long calls, long misses) {
        fiveMinutes.add(calls, misses);
        seconds++;
        if (seconds == PAUSE * STEPS) {
            return State.PROMOTED;
        }
        boolean measures = seconds > ANALYSIS_FROM && (seconds - ANALYSIS_FROM) % INTERVAL == 0;
        if (measures && fiveMinutes.success() < SUCCESS && ++failures > FAILURE_LIMIT) {
            return State.ROLLED_BACK;
        }
        return State.RUNNING;
    }
}
