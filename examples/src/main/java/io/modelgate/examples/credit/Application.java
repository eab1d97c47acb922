package io.modelgate.examples.credit;

/**
 * An application of the past, with how it ended. Immutable.
 *
 * @param applicant what the applicant told
 * @param bad whether the loan was not paid back
 */
record Application(Applicant applicant, boolean bad) {}
