package io.modelgate.examples.fleet;

/** What becomes of an application for credit. */
enum Decision {
    APPROVE,
    DECLINE,
    /** A person decides: safe, whatever the model is worth. */
    REFER_TO_HUMAN
}
