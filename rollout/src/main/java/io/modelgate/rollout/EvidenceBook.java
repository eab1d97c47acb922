package io.modelgate.rollout;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What the data of one rollout says of its guardrails, in one process: a page for each guardrail. It may be looked at as often as one
 * likes, and the chance that it ever says {@link Finding#REGRESSED} of a candidate that is no worse than allowed stays below the policy's
 * α. A regression stands for the rollout; "not worse" is what holds now. Not thread-safe.
 */
final class EvidenceBook {

    private final Pages opened;
    private List<Page> pages;

    private double share;
    private boolean controlArm;

    /** What sources counted in this epoch before the present one took over, what the present one had then, and what it had last. */
    private StepCounts base = StepCounts.NONE;

    private StepCounts origin = StepCounts.NONE;
    private StepCounts last = StepCounts.NONE;

    private boolean rebased;
    private boolean begun;
    private boolean restored;
    private long restarts;

    /**
     * Opens an empty book.
     *
     * @param metricNames the gate's metrics
     * @param metricRanges the least and the most of each
     * @param tests users' own tests, by the name of the guardrail
     */
    EvidenceBook(
            RolloutPolicy policy,
            List<String> metricNames,
            List<double[]> metricRanges,
            Function<String, @Nullable GuardrailTest> tests) {
        opened = new Pages(policy, metricNames, metricRanges, tests);
        pages = opened.open();
    }

    /**
     * Begins a new epoch.
     *
     * @param candidateShare the candidate's share of the randomly assigned callers, 0 to 1
     * @param control whether stable has an arm to compare with: not at weight 0, and not at full without a holdback
     */
    void begin(double candidateShare, boolean control) {
        // A share of all or nothing leaves nothing to compare, whatever one says.
        controlArm = control && candidateShare > 0 && candidateShare < 1;
        share = candidateShare >= 0 && candidateShare <= 1 ? candidateShare : 0;
        begun = true;
        restored = false;
        rebased = false;
        base = StepCounts.NONE;
        origin = StepCounts.NONE;
        last = StepCounts.NONE;
        pages.forEach(page -> page.begin(share, controlArm));
    }

    /** Before {@link #look}: how many calls of each version have begun and are not counted yet. */
    void underWay(long ofCandidate, long ofStable) {
        pages.forEach(page -> page.underWay(ofCandidate, ofStable));
    }

    /**
     * Takes what was counted in this epoch up to now. The first look of an epoch counts from zero. Counts that became fewer are a source
     * that began anew: they are no data, and what comes on top of them is. {@link Steady} keeps those of a source that lags from it.
     */
    void look(StepCounts counts) {
        if (!begun) {
            return;
        }
        if (restored) {
            takeUp(counts);
        } else if (!CountSums.grown(last, counts)) {
            base = totals(last);
            origin = counts;
            rebased = true;
            restarts++;
        }
        boolean same = CountSums.grown(counts, last);
        last = counts;
        if (same) {
            // Nothing was counted: only a user's own test, which may look elsewhere, has something to say.
            for (Page page : pages) {
                if (page instanceof CustomPage) {
                    page.lookAt(counts);
                }
            }
            return;
        }
        StepCounts totals = totals(counts);
        for (Page page : pages) {
            page.lookAt(totals);
        }
    }

    /** After a restart the source may have kept its counts, or counts from zero. If it has all that was counted before, it kept them. */
    private void takeUp(StepCounts counts) {
        boolean goesOn = CountSums.grown(base, counts);
        rebased = !goesOn;
        restored = false;
        pages.forEach(page -> page.resume(goesOn));
    }

    private StepCounts totals(StepCounts counts) {
        return !rebased ? counts : CountSums.plus(base, CountSums.minus(counts, origin));
    }

    /** Whether it says of any guardrail that it has regressed. */
    boolean regressed() {
        return pages.stream().anyMatch(page -> page.regressed);
    }

    /** What the data says, in the policy's order. */
    List<Evidence> evidence() {
        return pages.stream().map(page -> worded(page.evidence())).toList();
    }

    /** The same for a person, with each guardrail's band. It costs more. */
    List<Evidence> shown() {
        return pages.stream().map(page -> worded(page.shown())).toList();
    }

    /** Guardrails by which this process cannot judge at all, and why. */
    List<String> hindrances() {
        return pages.stream()
                .flatMap(page -> Stream.ofNullable(page.hindrance()))
                .toList();
    }

    private Evidence worded(Evidence evidence) {
        if (restarts == 0) {
            return evidence;
        }
        String text = evidence.text() + "; counts began anew " + restarts + (restarts == 1 ? " time" : " times")
                + ", what was lost then is no data";
        return new Evidence(
                evidence.guardrail(),
                evidence.required(),
                evidence.finding(),
                evidence.regressed(),
                evidence.notWorse(),
                text,
                evidence.numbers(),
                evidence.band());
    }

    /** What {@link #restore} needs: strings, longs, booleans, lists and maps of these. */
    Map<String, Object> checkpoint() {
        Map<String, Object> of = new HashMap<>();
        for (Page page : pages) {
            Map<String, Object> written = new HashMap<>();
            page.write(written);
            of.put(page.name(), written);
        }
        return Map.of(
                "guardrails", of,
                "share", Double.toString(share),
                "controlArm", controlArm,
                "begun", begun,
                "restarts", restarts,
                "counts", opened.saved().write(restored ? base : totals(last)));
    }

    /**
     * Takes up where a checkpoint left off. If an epoch had already begun here at another weight than the checkpoint's, it begins after it.
     *
     * @return whether it did: nonsense, or what was written by a policy with other guardrails, changes nothing
     */
    boolean restore(Map<String, Object> checkpoint) {
        Saved saved = new Saved(checkpoint);
        List<Page> fresh = opened.open();
        double savedShare;
        boolean savedControl;
        boolean savedBegun;
        long savedRestarts;
        StepCounts counts;
        try {
            savedShare = saved.positive("share");
            savedControl = saved.flag("controlArm") && savedShare > 0 && savedShare < 1;
            savedBegun = saved.flag("begun");
            savedRestarts = saved.count("restarts");
            counts = SavedCounts.readStep(saved.in("counts"));
            for (Page page : fresh) {
                page.share = savedShare;
                page.controlArm = savedControl;
                page.read(saved.in("guardrails").in(page.name()));
                page.restoreTotals(counts);
            }
        } catch (IllegalArgumentException e) {
            return false;
        }
        boolean another = begun && (share != savedShare || controlArm != savedControl);
        double beginShare = share;
        boolean beginControl = controlArm;
        pages = fresh;
        share = savedShare;
        controlArm = savedControl;
        begun = savedBegun;
        restarts = savedRestarts;
        base = counts;
        origin = StepCounts.NONE;
        last = StepCounts.NONE;
        restored = true;
        if (another || (begun && !savedBegun)) {
            begin(beginShare, beginControl);
        }
        return true;
    }
}
