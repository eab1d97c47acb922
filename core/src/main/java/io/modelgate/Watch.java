package io.modelgate;

/**
 * Hears how the calls of a rollout's callers went, so that candidate and stable can be compared. On the hot path: takes no lock, allocates
 * nothing, never blocks. If it throws, a warning is logged and the call goes on. Thread-safe.
 *
 * <p>Core asks for a caller's place once a call, at its end, and hands it back with what the call came to. Only what the version that the caller was
 * routed to did is heard: not what stable or a rung answered in its stead. Callers whom a narrowed kill bars from candidate or stable are
 * not asked about, and nothing is heard where this process lacks one of the two.
 *
 * <p>For the author of a {@link Router}, who implements it; core alone calls it. One that knows nothing of labels leaves {@link #rollout}, {@link #carried} and
 * {@link #labelled} as they are.
 */
public interface Watch {

    /** The place of a caller that takes no part. */
    long NOWHERE = -1;

    /** Where a caller stands in the comparison, 0 or more; {@link #NOWHERE} if its calls are not to be heard of. */
    long place(Caller caller);

    /**
     * The version routed to gave a usable answer.
     *
     * @param place what {@link #place} gave
     * @param nanos how long the model took
     * @param answer its answer
     */
    void answered(long place, long nanos, Object answer);

    /**
     * The version routed to gave no usable answer, or was not asked. Not heard of a kill, nor of a call that a kill cut in flight: they say
     * nothing about the version. {@link Cause#ERROR} if it threw an {@link Error}, which the caller then gets.
     *
     * @param place what {@link #place} gave
     * @param cause why
     */
    void missed(long place, Cause cause);

    /** Which rollout it compares, so that what is learnt of a call later finds it again, in any process; 0 if nothing is to. */
    default long rollout() {
        return 0;
    }

    /** A place as the id of an outcome carries it, 0 or more: no finer than {@link #labelled} needs it. It is the same in every process. */
    default long carried(long place) {
        return place;
    }

    /**
     * A label came of a call that the version routed to had answered, at this weight of the rollout or another. Not on the hot path.
     *
     * @param place what {@link #carried} gave then
     * @param label its number among {@link ModelGate#labels}
     * @param scaled 0 for the label's least to 1 for its most
     */
    default void labelled(long place, int label, double scaled) {}
}
