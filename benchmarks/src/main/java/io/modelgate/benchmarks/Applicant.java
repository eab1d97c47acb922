package io.modelgate.benchmarks;

/**
 * What the models of the benchmarks are asked.
 *
 * @param income what they decide by
 * @param poisoned whether the model fails on it
 */
record Applicant(double income, boolean poisoned) {

    static final Applicant USUAL = new Applicant(52_000, false);
    static final Applicant POISONED = new Applicant(52_000, true);
}
