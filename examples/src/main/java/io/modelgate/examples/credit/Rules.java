package io.modelgate.examples.credit;

import org.jspecify.annotations.Nullable;

/** What a person wrote down for the day without a model. */
final class Rules {

    private static final double CLEARLY_FINE = 0.60;
    private static final double CLEARLY_TOO_MUCH = 0.75;

    private Rules() {}

    /**
     * Decides by the part of the income that expenses and instalments take. Has no answer, null, in between, for an unknown
     * income, and for an applicant with a record.
     */
    static @Nullable Decision debtRatio(Applicant applicant) {
        double burden = burden(applicant);
        if (burden > CLEARLY_TOO_MUCH) {
            return Decision.REFUSE;
        }
        return burden < CLEARLY_FINE && applicant.records().equals("no") ? Decision.APPROVE : null;
    }

    /** Expenses and the instalments of this loan, as a part of the income; NaN if the income is unknown. */
    static double burden(Applicant applicant) {
        return (applicant.expenses() + applicant.amount() / applicant.time()) / applicant.income();
    }
}
