package io.modelgate;

/**
 * Hears of every call of the gates, as it begins and as it ends: for traces. Set by {@link GatesBuilder#observe}. Thread-safe. On the serving
 * path: quick and never blocking. What it throws is logged once a minute and never reaches a caller.
 */
@FunctionalInterface
public interface CallObserver {

    /** A call begins, on the thread that makes it and before anything else is done for it. A call by {@link Permit} is none. */
    Observed begin(String gate);

    /** One call. For every call {@link #left} comes first, then one of the others, once and on any thread. */
    interface Observed {

        /** The thread that made the call has done its part: with the outcome, or with the model of an asynchronous call started. */
        void left();

        /** The call has its outcome. */
        void ended(Outcome<?> outcome);

        /**
         * The call ended without an outcome: in an {@link Error} of the model, or by its caller, who gave it up or completed its stage; then it is
         * a {@link java.util.concurrent.CancellationException}.
         */
        void threw(Throwable thrown);
    }
}
