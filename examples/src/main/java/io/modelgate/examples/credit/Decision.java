package io.modelgate.examples.credit;

/** What the gate answers an applicant. */
enum Decision {
    APPROVE,
    REFUSE,
    /** A person decides. */
    REFER_TO_HUMAN;

    /** What approving a loan costs that is not paid back, where refusing a good one costs 1. */
    static final int COST_OF_BAD = 5;

    /** With those costs, approving is the cheaper error while a bad end is less likely than this. */
    static final double THRESHOLD = 1.0 / (1 + COST_OF_BAD);

    /** The decision for an applicant whose loan ends badly with this probability. */
    static Decision of(double probabilityOfBad) {
        return probabilityOfBad < THRESHOLD ? APPROVE : REFUSE;
    }

    /** What this decision cost, now that the end is known: 0 if it was right or a person decided. */
    int cost(boolean bad) {
        return switch (this) {
            case APPROVE -> bad ? COST_OF_BAD : 0;
            case REFUSE -> bad ? 0 : 1;
            case REFER_TO_HUMAN -> 0;
        };
    }
}
