package io.modelgate.rollout;

import io.modelgate.Values;
import io.modelgate.rollout.Guardrail.Limit;
import io.modelgate.rollout.Guardrail.Worse;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The lowest mean of a metric in any group against the highest, of the candidate alone or against stable's. Not thread-safe.
 *
 * <p>All groups' bounds hold together with probability 1−α, split evenly, and each epoch has its part of α. Not worse takes, of the candidate,
 * only those of the two groups that are in truth the furthest apart: the lower end of its ratio is right if these two are. The upper end of
 * stable's is wrong as soon as any group's is, so it takes all of them. What shows a regression begins anew after {@value #VALUES} values of the candidate,
 * as an epoch does.
 */
final class GroupRatioPage extends BoundsPage {

    private static final long VALUES = 50_000;

    private final boolean absolute;
    private final int metric;
    private final MetricRange range;
    private final List<Group> groups;
    private final List<GroupMean> candidate;
    private final List<GroupMean> stable;
    private final int boundsWorse;
    private final int boundsNotWorse;

    private boolean notWorse;

    GroupRatioPage(Guardrail guardrail, Groups by, int metric, double[] range, double alpha, double promotionAlpha) {
        super(guardrail, alpha, promotionAlpha);
        this.metric = metric;
        this.range = MetricRange.of(range);
        absolute = guardrail.limit() instanceof Limit.Bound;
        groups = Group.of(by);
        candidate = groups.stream().map(group -> new GroupMean()).toList();
        stable = groups.stream().map(group -> new GroupMean()).toList();
        boundsWorse = (absolute ? 2 : 4) * groups.size();
        boundsNotWorse = absolute ? 2 : 2 + 2 * groups.size();
    }

    /** What is known of one group in one arm. */
    private static final class GroupMean {
        private Values seen = Values.NONE;
        private final EmpiricalBernstein worse = new EmpiricalBernstein();
        private final EmpiricalBernstein notWorse = new EmpiricalBernstein();

        void begin() {
            seen = Values.NONE;
            notWorse.restore(new double[EmpiricalBernstein.STATE]);
        }

        void part() {
            worse.restore(new double[EmpiricalBernstein.STATE]);
        }

        void add(Values now, double logWorse, double logNotWorse) {
            Values added = now.minus(seen);
            seen = now;
            worse.add(added, logWorse);
            notWorse.add(added, logNotWorse);
        }

        Map<String, Object> write() {
            return Map.of(
                    "count", seen.count(),
                    "sums", Numbers.list(seen.sum(), seen.squares()),
                    "worse", Numbers.list(worse.state()),
                    "notWorse", Numbers.list(notWorse.state()));
        }

        void read(Saved from) {
            double[] sums = from.numbers("sums", 2);
            seen = new Values(from.count("count"), sums[0], sums[1]);
            worse.restore(from.numbers("worse", EmpiricalBernstein.STATE));
            notWorse.restore(from.numbers("notWorse", EmpiricalBernstein.STATE));
        }
    }

    @Override
    void epochBegan() {
        all().forEach(GroupMean::begin);
        notWorse = false;
    }

    @Override
    void partBegan() {
        all().forEach(GroupMean::part);
    }

    private Stream<GroupMean> all() {
        return Stream.concat(candidate.stream(), stable.stream());
    }

    private double logWorse() {
        return Math.log(boundsWorse / alphaOfPart());
    }

    private double logNotWorse() {
        return Math.log(boundsNotWorse / alphaOfEpoch());
    }

    @Override
    void look(StepCounts totals) {
        if (!absolute && !controlArm) {
            return;
        }
        for (int i = 0; i < groups.size(); i++) {
            StepCounts counts = totals.of(groups.get(i));
            candidate.get(i).add(values(counts.candidate(), metric), logWorse(), logNotWorse());
            if (!absolute) {
                stable.get(i).add(values(counts.stable(), metric), logWorse(), logNotWorse());
            }
        }
        judge();
        if (candidate.stream().mapToDouble(each -> each.worse.count()).sum() >= VALUES) {
            cut();
        }
    }

    private void judge() {
        Limit limit = guardrail.limit();
        regressed |= ratio(forWorse(candidate)).worseThanAllowed(ratio(forWorse(stable)), Worse.LOWER, limit);
        notWorse = ratio(forNotWorse(candidate)).allowed(ratio(forNotWorse(stable)), Worse.LOWER, limit);
    }

    private List<Interval> forWorse(List<GroupMean> arm) {
        return arm.stream().map(each -> range.at(each.worse, logWorse())).toList();
    }

    private List<Interval> forNotWorse(List<GroupMean> arm) {
        return arm.stream().map(each -> range.at(each.notWorse, logNotWorse())).toList();
    }

    /** Where the ratio of the lowest mean to the highest lies, by where the means lie. */
    private static Interval ratio(List<Interval> groups) {
        double lowest = Double.POSITIVE_INFINITY;
        double lowestAtMost = Double.POSITIVE_INFINITY;
        double highestAtLeast = 0;
        double highest = 0;
        for (Interval each : groups) {
            lowest = Math.min(lowest, each.low());
            lowestAtMost = Math.min(lowestAtMost, each.high());
            highestAtLeast = Math.max(highestAtLeast, each.low());
            highest = Math.max(highest, each.high());
        }
        return new Interval(
                highest <= 0 ? 0 : Math.min(lowest / highest, 1),
                highestAtLeast <= 0 ? 1 : Math.min(lowestAtMost / highestAtLeast, 1));
    }

    @Override
    Evidence evidence() {
        if (!absolute && !controlArm) {
            return noControlArm();
        }
        Interval ratio = ratio(forWorse(candidate));
        StringBuilder text = new StringBuilder("the candidate's lowest mean is ")
                .append(Figures.three(ratio))
                .append(" times its highest (lowest in ")
                .append(extreme(candidate, false))
                .append(", highest in ")
                .append(extreme(candidate, true))
                .append(')');
        Map<String, String> numbers = new HashMap<>();
        numbers.put("candidateLow", Double.toString(ratio.low()));
        numbers.put("candidateHigh", Double.toString(ratio.high()));
        if (!absolute) {
            Interval stables = ratio(forWorse(stable));
            text.append(", stable's ").append(Figures.three(stables));
            numbers.put("stableLow", Double.toString(stables.low()));
            numbers.put("stableHigh", Double.toString(stables.high()));
        }
        text.append(found(notWorse)).append(inNoGroup());
        return evidence(notWorse, text.toString(), numbers);
    }

    /** {@code rent 0.41 to 0.55 (312)}: the group whose mean may be the lowest, or the highest, and how many values it has. */
    private String extreme(List<GroupMean> arm, boolean high) {
        List<Interval> at = forWorse(arm);
        int found = 0;
        for (int i = 1; i < at.size(); i++) {
            double middle = at.get(i).low() + at.get(i).high();
            double foundMiddle = at.get(found).low() + at.get(found).high();
            found = high == middle > foundMiddle && middle != foundMiddle ? i : found;
        }
        return groups.get(found).value() + " " + Figures.three(at.get(found)) + ", "
                + Figures.count(arm.get(found).seen.count()) + " " + unitInWords();
    }

    /** By the bounds that the finding is made from. */
    @Override
    @Nullable
    Band band() {
        boolean nothing = candidate.stream().allMatch(each -> each.seen.count() <= 0)
                || (!absolute && stable.stream().allMatch(each -> each.seen.count() <= 0));
        if (nothing || (!absolute && !controlArm)) {
            return null;
        }
        return new Bands(
                        "lowest group's " + guardrail.metric() + ", times the highest's",
                        Band.Unit.RATIO,
                        Worse.LOWER,
                        guardrail.limit(),
                        false)
                .of(
                        new Bands.Arms(ratio(forWorse(candidate)), ratio(forWorse(stable))),
                        new Bands.Arms(ratio(forNotWorse(candidate)), ratio(forNotWorse(stable))));
    }

    @Override
    void resume(boolean goesOn) {
        if (!goesOn) {
            all().forEach(each -> each.seen = Values.NONE);
        }
    }

    @Override
    void write(Map<String, Object> into) {
        super.write(into);
        List<Object> means = new ArrayList<>();
        all().forEach(each -> means.add(each.write()));
        into.put("groups", means);
    }

    @Override
    void read(Saved from) {
        super.read(from);
        List<?> means = from.list("groups");
        if (means.size() != 2 * groups.size()) {
            throw new IllegalArgumentException("groups are " + means.size() + ": expected " + 2 * groups.size());
        }
        for (int i = 0; i < groups.size(); i++) {
            candidate.get(i).read(new Saved(means.get(i)));
            stable.get(i).read(new Saved(means.get(groups.size() + i)));
        }
        if (absolute || controlArm) {
            judge();
        }
    }
}
