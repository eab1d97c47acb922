package io.modelgate.simulator;

import io.modelgate.Caller;
import io.modelgate.ModelGate;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A few hundred callers of whom it is asked, at the gate itself, which version each would get: what a scenario draws stands for that. Not
 * thread-safe.
 */
final class Probes {

    private static final int MANY = 400;

    /** So many standard deviations a share of them may be off, once in two million times. */
    private static final double CHANCE = 5;

    private static final List<Caller> CALLERS =
            IntStream.range(0, MANY).mapToObj(i -> Caller.of("probe-" + i)).toList();

    private final ModelGate<?, ?> gate;
    private BitSet cohort = new BitSet();
    private double share;
    private BitSet had = new BitSet();
    private double hadAt;

    Probes(ModelGate<?, ?> gate) {
        this.gate = gate;
    }

    /** Callers who are to have the candidate from a share on, since they had it elsewhere. */
    void keep(BitSet callers, double from) {
        had = callers;
        hadAt = from;
    }

    /**
     * Makes sure that everybody gets one version.
     *
     * @throws IllegalStateException if it is not so
     */
    void requireEverybody(String version) {
        long others = CALLERS.stream()
                .filter(caller ->
                        gate.versionFor(caller).filter(version::equals).isEmpty())
                .count();
        if (others > 0) {
            throw new IllegalStateException(others + " callers do not get \"" + version + "\", and everybody is to");
        }
    }

    /**
     * Makes sure that of two gates' candidates the one that fewer callers get is met together with the other only, and by as many as it is to be.
     *
     * @param fewer the share of all callers that gets the one which fewer get
     * @throws IllegalStateException if it is not so
     */
    static void requireMeeting(BitSet one, BitSet other, double fewer) {
        BitSet both = (BitSet) one.clone();
        both.and(other);
        int alone = Math.min(one.cardinality(), other.cardinality()) - both.cardinality();
        if (alone > 0) {
            throw new IllegalStateException(alone
                    + " callers have one candidate of the joint test alone, which the other's callers are all to have");
        }
        double expected = fewer * MANY;
        if (Math.abs(both.cardinality() - expected) > CHANCE * Math.sqrt(expected * (1 - fewer))) {
            throw new IllegalStateException(both.cardinality() + " of " + MANY
                    + " callers have both candidates of the joint test, and about " + Math.round(expected) + " are to");
        }
    }

    /**
     * Makes sure that nobody gets the candidate who is not to, and that a share that does not fall takes nobody out of the cohort.
     *
     * @param now the share of the callers that goes to the candidate; 0 for nobody, and the cohort comes back after it
     * @throws IllegalStateException if it is not so
     */
    void require(double now) {
        BitSet asked = asked();
        if (now == 0) {
            if (!asked.isEmpty()) {
                throw new IllegalStateException(asked.cardinality() + " callers get the candidate, and nobody is to");
            }
            return;
        }
        BitSet lost = (BitSet) had.clone();
        lost.andNot(asked);
        if (now >= hadAt && !lost.isEmpty()) {
            throw new IllegalStateException(
                    lost.cardinality() + " callers had the candidate in the other system and do not get it here");
        }
        BitSet left = (BitSet) cohort.clone();
        left.andNot(asked);
        if (now >= share && !left.isEmpty()) {
            throw new IllegalStateException(left.cardinality() + " callers left the cohort, which did not shrink");
        }
        cohort = asked;
        share = now;
    }

    /** Who of them would get the candidate. */
    BitSet asked() {
        BitSet asked = new BitSet(MANY);
        for (int i = 0; i < MANY; i++) {
            if (gate.versionFor(CALLERS.get(i)).filter("candidate"::equals).isPresent()) {
                asked.set(i);
            }
        }
        return asked;
    }
}
