package io.modelgate.rollout;

import io.modelgate.CallCounts;
import io.modelgate.CallTally;
import io.modelgate.Cause;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;

/** Made-up traffic of one epoch, counted as a watch counts it, and a book to look at it. */
final class EvidenceRig {

    static final int STABLE = 0;
    static final int CANDIDATE = 1;

    final SplittableRandom random;
    final EvidenceBook book;

    CallTally[] calls = new CallTally[2];
    CallCounts byRule = CallCounts.NONE;
    long[] units = new long[2];
    private List<Map<Rate, Long>> missed = List.of();

    EvidenceRig(long seed, EvidenceBook book) {
        random = new SplittableRandom(seed);
        this.book = book;
        clear();
    }

    EvidenceRig(long seed, double alpha, Guardrail... guardrails) {
        this(seed, book(alpha, guardrails));
    }

    /** A book with one metric, "score", from 0 to 1. */
    static EvidenceBook book(double alpha, Guardrail... guardrails) {
        return new EvidenceBook(
                policy(alpha, 1, guardrails), List.of("score"), List.of(new double[] {0, 1}), name -> null);
    }

    static RolloutPolicy policy(double alpha, int processes, Guardrail... guardrails) {
        return new RolloutPolicy(
                "test",
                List.of(new Step(Weight.percent(5), Duration.ofMinutes(1), 0, false)),
                List.of(guardrails),
                alpha,
                0.05,
                processes,
                new Inconclusive(Duration.ofHours(1), Inconclusive.Then.HOLD),
                Weight.NONE,
                Duration.ofHours(1),
                new PauseAlert(Duration.ofMinutes(15), Duration.ofMinutes(15)),
                new Calendar(ZoneOffset.UTC, List.of(), List.of()),
                null,
                Duration.ofDays(1),
                Calendar.ALWAYS,
                Stakes.MEDIUM);
    }

    EvidenceRig begin(double share) {
        clear();
        book.begin(share, share > 0 && share < 1);
        return this;
    }

    void clear() {
        calls = new CallTally[] {new CallTally(1, Set.of(0), true), new CallTally(1, Set.of(0), true)};
        byRule = CallCounts.NONE;
        units = new long[2];
        missed = List.of(new EnumMap<>(Rate.class), new EnumMap<>(Rate.class));
    }

    /** Answered calls of callers that call once. */
    EvidenceRig answered(int arm, long millis, long times) {
        calls[arm].answered(millis * 1_000_000, times);
        units[arm] += times;
        return this;
    }

    /** Missed calls of callers that call once. */
    EvidenceRig missed(int arm, Cause cause, long times) {
        calls[arm].missed(cause, times);
        units[arm] += times;
        for (Rate rate : Rate.values()) {
            if (rate.counts(cause)) {
                missed(arm, rate, times);
            }
        }
        return this;
    }

    void missed(int arm, Rate rate, long times) {
        missed.get(arm).merge(rate, times, Long::sum);
    }

    EvidenceRig score(int arm, double score, long times) {
        calls[arm].value(0, score, times);
        return this;
    }

    /** A second of traffic of callers that call once: so many calls, split by the share; the failures are returned. */
    long second(int rate, double share, double stableErrors, double candidateErrors) {
        int candidate = binomial(rate, share);
        long failed = errors(CANDIDATE, candidate, candidateErrors);
        errors(STABLE, rate - candidate, stableErrors);
        return failed;
    }

    private long errors(int arm, int n, double share) {
        int failed = binomial(n, share);
        answered(arm, 10, n - failed);
        if (failed > 0) {
            missed(arm, Cause.ERROR, failed);
        }
        return failed;
    }

    int binomial(int n, double p) {
        if (p <= 0 || n <= 0) {
            return 0;
        }
        if (p > 0.5) {
            return n - binomial(n, 1 - p);
        }
        // By the gaps between successes.
        double log = Math.log1p(-p);
        int k = -1;
        for (double at = 0; at <= n; k++) {
            at += Math.floor(Math.log(1 - random.nextDouble()) / log) + 1;
        }
        return k;
    }

    StepCounts counts() {
        return new StepCounts(arm(STABLE), arm(CANDIDATE), byRule, 0);
    }

    private ArmCounts arm(int arm) {
        CallCounts all = calls[arm].counts();
        return new ArmCounts(all, all, units[arm], units[arm], missed.get(arm));
    }

    EvidenceRig look() {
        book.look(counts());
        return this;
    }

    Evidence evidence(int guardrail) {
        return book.evidence().get(guardrail);
    }

    Finding finding(int guardrail) {
        return evidence(guardrail).finding();
    }

    boolean regressed() {
        return book.regressed();
    }
}
