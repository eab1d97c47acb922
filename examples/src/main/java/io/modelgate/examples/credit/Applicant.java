package io.modelgate.examples.credit;

/**
 * One application for consumer credit. A missing number is NaN, a missing word is empty. Immutable.
 *
 * @param seniority years at the job
 * @param home how the applicant lives
 * @param time months of the loan
 * @param age in years
 * @param marital marital status
 * @param records "yes" if there is a record of past trouble
 * @param job kind of employment
 * @param expenses per month
 * @param income per month
 * @param assets owned
 * @param debt owed elsewhere
 * @param amount of the loan
 * @param price of the goods to be bought
 */
record Applicant(
        double seniority,
        String home,
        double time,
        double age,
        String marital,
        String records,
        String job,
        double expenses,
        double income,
        double assets,
        double debt,
        double amount,
        double price) {

    /** This application with another income. */
    Applicant income(double other) {
        return new Applicant(
                seniority, home, time, age, marital, records, job, expenses, other, assets, debt, amount, price);
    }
}
