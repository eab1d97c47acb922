package io.modelgate.examples.fleet;

/**
 * An application for credit.
 *
 * @param income a year's
 * @param debt what is owed already
 * @param stop the stop of the model that this process had confirmed when the caller asked, 0 if it had confirmed none
 */
record Application(int income, int debt, int stop) {

    /** The model: a scorecard of one line. */
    Decision score() {
        return income > 3 * debt ? Decision.APPROVE : Decision.DECLINE;
    }
}
