package io.modelgate.examples.spring;

/**
 * Who wants credit.
 *
 * @param user who asks
 * @param region where
 * @param income per month, more than 0
 * @param debt all of it, 0 or more
 * @param latePayments in the last two years, 0 or more
 */
record Application(String user, String region, double income, double debt, int latePayments) {

    Application {
        if (user == null || user.isBlank() || region == null || !(income > 0) || !(debt >= 0) || latePayments < 0) {
            throw new IllegalArgumentException(
                    "expected a user, a region, an income above 0, and debt and late payments of 0 or more");
        }
    }

    /** Debt in years of income. */
    double debtRatio() {
        return debt / (12 * income);
    }
}
