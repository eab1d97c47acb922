package io.modelgate.rollout;

/**
 * What holds a rollout up. Immutable.
 *
 * @param seq the entry since which something does, without a break; 0 if nothing does
 * @param paused whether it is paused
 * @param inconclusive whether it paused itself, over evidence that stayed inconclusive
 * @param waiting the step that it waits for a person to approve, or -1
 * @param alerts how often a person was told of it, or, if nothing holds it up, that it does not get on: 0, 1, or, escalated, 2
 */
record Hold(long seq, boolean paused, boolean inconclusive, int waiting, int alerts) {

    static final Hold NONE = new Hold(0, false, false, -1, 0);

    boolean held() {
        return seq > 0;
    }

    Hold pausedAt(long entry, boolean byEvidence) {
        return new Hold(held() ? seq : entry, true, byEvidence, waiting, held() ? alerts : 0);
    }

    Hold resumed() {
        return waiting < 0 ? NONE : new Hold(seq, false, false, waiting, alerts);
    }

    Hold waitingAt(long entry, int step) {
        return new Hold(held() ? seq : entry, paused, inconclusive, step, held() ? alerts : 0);
    }

    Hold approved() {
        return paused ? new Hold(seq, true, inconclusive, -1, alerts) : NONE;
    }

    Hold alerted() {
        return new Hold(seq, paused, inconclusive, waiting, alerts + 1);
    }
}
