package io.modelgate;

/** What became of a label that was {@linkplain ModelGate#feedback fed back}. All of it is counted; none of it is an error. */
public enum Feedback {

    /** It has joined what its version is known by. */
    JOINED,

    /** This label of this outcome was given before, to this process or another. */
    ALREADY_KNOWN,

    /** The outcome is too young for this label, by {@link Label#after}: nothing has joined, and it may be given again. */
    TOO_EARLY,

    /** The outcome is older than {@link GatesBuilder#feedbackWithin} allows. */
    EXPIRED,

    /** No such id was issued by this gate on this control log: it was forged, cut short, or is another gate's. */
    UNKNOWN,

    /**
     * What keeps the ids could not be asked. Never returned: whoever gave it got a {@link FeedbackException} and may give it again. Here only for
     * {@link FeedbackStats#came} and the meters to count.
     */
    UNAVAILABLE
}
