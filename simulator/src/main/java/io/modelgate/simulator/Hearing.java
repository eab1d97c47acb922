package io.modelgate.simulator;

import io.modelgate.Gates;
import io.modelgate.GatesBuilder;
import io.modelgate.rollout.RolloutsBuilder;
import org.jspecify.annotations.Nullable;

/** Those who hear of each call of one run, as its scenario has them: who lists callers, and who keeps records. Not thread-safe. */
final class Hearing implements AutoCloseable {

    private final @Nullable Listing listing;
    private final @Nullable Records records;

    Hearing(Setting setting) {
        listing = setting.listed() ? new Listing() : null;
        records = setting.records() == null ? null : new Records(setting.records());
    }

    void configure(GatesBuilder gates) {
        if (records != null) {
            records.configure(gates);
        }
    }

    void configure(RolloutsBuilder rollouts) {
        if (listing != null) {
            rollouts.exposures(listing.ledger());
        }
    }

    /** What is to happen before the calls of a look are made. */
    void look(Gates gates, Calls calls) {
        if (records != null && calls instanceof AtTheGate made) {
            records.look(gates, made);
        }
    }

    /**
     * What they know in the end.
     *
     * @param rollout the rollout's id
     * @throws IllegalStateException if they know what is not so
     */
    Run.Heard heard(Gates gates, String rollout, Calls calls) {
        return calls instanceof AtTheGate made
                ? new Run.Heard(
                        listing == null ? null : listing.compare(rollout, made),
                        records == null ? null : records.compare(gates, made))
                : Run.Heard.NOTHING;
    }

    @Override
    public void close() {
        try {
            if (records != null) {
                records.close();
            }
        } finally {
            if (listing != null) {
                listing.close();
            }
        }
    }
}
