package io.modelgate.simulator;

/**
 * Flagger's documented example canary: every 15 seconds the candidate's success over the last minute is checked. At least 99 % adds 5
 * points of weight, up to 50 %, at which a passed check promotes; anything less, no calls included, is a failed check and adds nothing; the
 * tenth failed check of the rollout rolls back.
 */
final class FlaggerRule implements PeerRule {

    private static final int INTERVAL = 15;
    private static final int STEP = 5;
    private static final int MOST = 50;
    private static final double SUCCESS = 0.99;
    private static final int THRESHOLD = 10;

    private final Window minute = new Window(60);
    private int seconds;
    private int percent = STEP;
    private int failed;

    @Override
    public double weight() {
        return percent / 100.0;
    }

    @Override
    public State second(long calls, long misses) {
        minute.add(calls, misses);
        if (++seconds % INTERVAL != 0) {
            return State.RUNNING;
        }
        if (minute.success() >= SUCCESS) {
            if (percent == MOST) {
                return State.PROMOTED;
            }
            percent += STEP;
            return State.RUNNING;
        }
        return ++failed == THRESHOLD ? State.ROLLED_BACK : State.RUNNING;
    }
}
