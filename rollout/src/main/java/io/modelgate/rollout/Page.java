package io.modelgate.rollout;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/** What the book holds of one guardrail. Not thread-safe. */
abstract class Page {

    final Guardrail guardrail;

    /** This guardrail's part of α, and the α of promotion. */
    final double alpha;

    final double promotionAlpha;

    /** The candidate's share of the randomly assigned callers in this epoch; 0 before the first. */
    double share;

    boolean controlArm;

    /** The group that it is about, or null for all callers. */
    @Nullable
    Group group;

    /** For a guardrail with groups: how its part of α came about. */
    String paid = "";

    /** What was counted of all callers. */
    private StepCounts all = StepCounts.NONE;

    /** Once shown, a regression stands for the rollout: an e-process may be stopped whenever it was large. */
    boolean regressed;

    Page(Guardrail guardrail, double alpha, double promotionAlpha) {
        this.guardrail = guardrail;
        this.alpha = alpha;
        this.promotionAlpha = promotionAlpha;
    }

    /** What evidence calls it. */
    final String name() {
        Group of = group;
        return of == null ? guardrail.name() : of.named(guardrail.name());
    }

    /** What of all that was counted it is about. */
    private StepCounts own(StepCounts totals) {
        all = totals;
        return group == null ? totals : totals.of(group);
    }

    final void lookAt(StepCounts totals) {
        look(own(totals));
    }

    final void restoreTotals(StepCounts totals) {
        totals(own(totals));
    }

    /** {@code ; 1,204 calls of both arms are in none of its groups; α 0.05 × 1/5 × 1/20}. */
    final String inNoGroup() {
        Groups by = guardrail.by();
        if (by == null) {
            return "";
        }
        long outside = callsOf(all)
                - Group.of(by).stream().mapToLong(each -> callsOf(all.of(each))).sum();
        return (outside > 0 ? "; " + Figures.count(outside) + " calls are in none of its groups" : "") + paid;
    }

    private static long callsOf(StepCounts counts) {
        return Misses.calls(counts.candidate().calls())
                + Misses.calls(counts.stable().calls());
    }

    final void begin(double candidateShare, boolean control) {
        share = candidateShare;
        controlArm = control;
        begin();
    }

    /** A new epoch has begun; {@link #share} and {@link #controlArm} are its own. */
    abstract void begin();

    /** Before {@link #look}: how many calls of each version have begun and are not counted yet. */
    void underWay(long ofCandidate, long ofStable) {}

    /** Takes the totals of the epoch, which only grow. */
    abstract void look(StepCounts totals);

    abstract Evidence evidence();

    /** Where the quantity lies by this epoch's data, or null if there is none to show. It costs more than a look. */
    @Nullable
    Band band() {
        return null;
    }

    /** What the data says, with the band. */
    final Evidence shown() {
        Evidence evidence = evidence();
        Band band = band();
        return new Evidence(
                evidence.guardrail(),
                evidence.required(),
                evidence.finding(),
                evidence.regressed(),
                evidence.notWorse(),
                evidence.text(),
                evidence.numbers(),
                Optional.ofNullable(band).map(each -> each.agreeing(evidence.finding())));
    }

    /**
     * After {@link #read}: whether the totals go on where they were, or a new source counts them from zero. Only what is not a total
     * of calls asks.
     */
    void resume(boolean goesOn) {}

    /** Why this process cannot judge by this guardrail at all, or null. */
    @Nullable
    String hindrance() {
        return null;
    }

    void write(Map<String, Object> into) {
        into.put("regressed", regressed);
    }

    /**
     * Reads what {@link #write} wrote. The page is thrown away if this fails.
     *
     * @throws IllegalArgumentException if it is nonsense
     */
    void read(Saved from) {
        regressed = from.flag("regressed");
    }

    /** After {@link #read}: the epoch's totals so far, but for the metrics' values. They are nothing new. */
    void totals(StepCounts totals) {}

    final Finding finding(boolean notWorse) {
        return regressed ? Finding.REGRESSED : notWorse ? Finding.NOT_WORSE : Finding.INCONCLUSIVE;
    }

    final Evidence evidence(boolean notWorse, String text, Map<String, String> numbers) {
        return evidence(notWorse, OptionalDouble.empty(), OptionalDouble.empty(), text, numbers);
    }

    final Evidence evidence(
            boolean notWorse,
            OptionalDouble worseE,
            OptionalDouble notWorseE,
            String text,
            Map<String, String> numbers) {
        String whole = group == null ? text : text + inNoGroup();
        return new Evidence(name(), guardrail.required(), finding(notWorse), worseE, notWorseE, whole, numbers);
    }

    /** What a comparison says while there is nothing to compare with. */
    final Evidence noControlArm() {
        String text = share <= 0
                ? "nothing to compare: no caller is sent to the candidate by chance"
                : "nothing to compare: no caller is kept on stable by chance at this weight";
        return evidence(false, regressed ? "regressed at an earlier weight; now " + text : text, Map.of());
    }
}
