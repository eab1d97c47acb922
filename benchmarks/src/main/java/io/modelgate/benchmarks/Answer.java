package io.modelgate.benchmarks;

/** What the models of the benchmarks answer. */
enum Answer {
    APPROVE,
    DECLINE,
    REFER
}
