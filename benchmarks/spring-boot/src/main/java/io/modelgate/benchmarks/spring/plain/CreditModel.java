package io.modelgate.benchmarks.spring.plain;

interface CreditModel {
    String decide(double debtRatio, String user);
}
