package io.modelgate.rollout;

import io.modelgate.Metric;
import io.modelgate.ModelGate;
import io.modelgate.ModelVersion;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What this process has seen of one rollout: how long it has watched, what it has counted, and what that is evidence of. Goes on where
 * the checkpoint of an earlier process of the same name left off. Not thread-safe, but for {@link #evidence}.
 */
final class Progress {

    private static final Duration RAREST = Duration.ofHours(1);
    private static final Duration MOST_OFTEN = Duration.ofSeconds(10);
    private static final int CHECKPOINTS_A_STEP = 10;

    /** Data is recent if it is no older than this, or than a tenth of what the policy wants to see. */
    private static final Duration RECENT = Duration.ofMinutes(1);

    private static final int RECENT_PARTS = 10;

    private final RolloutRun.Plan plan;
    private final UnderWay candidate;
    private final UnderWay baseline;
    private final Steady steady = new Steady();
    private final EvidenceBook book;
    private final boolean ownTests;

    private long epoch = -1;
    private long lastLook;
    private long elapsed;
    private long ready = -1;
    private long hold;
    private long held;
    private long resumed;
    private long callersBefore;
    private long callsBefore;
    private long callsOfEpoch;
    private long lastCheckpoint;
    private long looked = -1;

    /** The candidate's calls at this weight; -1 while it is not known what a source had before this process. */
    private long seenCalls = -1;

    /** When they last became more, or -1. */
    private long lastData = -1;

    /** Since when this process could have seen data: what came before a restart is another's to tell. */
    private long quietFrom;

    /** The entry that last moved the rollout, and when that was. */
    private long moved = -1;

    private long movedAt;

    /** The time since it was last put into a situation. */
    private long passed;

    /** How long others have kept it since the entry that last moved it, closed hours aside. */
    private long kept;

    private long keptAt = -1;
    private boolean wasOpen;
    private boolean begun;

    /** Whether it was outside its windows at the last look: that time counts for nothing. */
    private boolean shut;

    private StepCounts counts = StepCounts.NONE;

    /** What an earlier process of this one's name had compared, what this one's shadow had when this began to watch, and what it has. */
    private ShadowCounts shadowBefore = ShadowCounts.NONE;

    private final ShadowCounts shadowOrigin;
    private ShadowCounts shadow;

    /** While it is at that stage. */
    private volatile @Nullable Agreement agreement;

    /** The book's evidence in words; null until somebody asks, for that costs more than the look itself. Set under the book's lock. */
    private volatile @Nullable List<Evidence> evidence;

    /** The same with its bands, which cost more than the words. */
    private volatile @Nullable List<Evidence> shown;

    /** Begins to watch now. */
    Progress(
            RolloutRun run,
            ModelGate<?, ?> gate,
            Function<String, @Nullable GuardrailTest> tests,
            @Nullable Checkpoint checkpoint,
            ShadowCounts shadowed,
            long now) {
        shadowOrigin = shadowed;
        shadow = shadowed;
        plan = run.plan();
        candidate = new UnderWay(known(gate, plan.candidate()), now);
        baseline = new UnderWay(known(gate, plan.baseline()), now);
        ownTests = plan.policy().guardrails().stream().anyMatch(each -> each.kind() == Guardrail.Kind.CUSTOM);
        book = new EvidenceBook(
                plan.policy(),
                gate.metricsAndLabels().stream().<String>map(Metric::name).toList(),
                gate.metricsAndLabels().stream()
                        .map(metric -> new double[] {metric.least(), metric.most()})
                        .toList(),
                tests);
        lastLook = now;
        lastCheckpoint = now;
        resumed = run.resumed();
        if (checkpoint != null) {
            restore(run, checkpoint);
        }
        putIntoWords();
    }

    /** Nobody has to wait for a user's test, which may wait for them: with one, words and bands are made at the look. */
    private void putIntoWords() {
        shown = ownTests ? book.shown() : null;
        evidence = shown;
    }

    /** Null for a version that the log never declared, which an entry may name all the same. */
    private static @Nullable ModelVersion known(ModelGate<?, ?> gate, String version) {
        return gate.describe().versions().contains(version) ? gate.version(version) : null;
    }

    private void restore(RolloutRun run, Checkpoint checkpoint) {
        boolean restored = book.restore(checkpoint.evidence());
        callsBefore = checkpoint.calls();
        shadowBefore = ShadowCounts.read(new Saved(checkpoint.evidence()).in(Agreement.NAME));
        if (checkpoint.hold() == run.hold().seq()) {
            hold = checkpoint.hold();
            held = checkpoint.held();
        }
        if (restored && checkpoint.since() == run.epoch()) {
            epoch = checkpoint.since();
            elapsed = checkpoint.elapsed();
            quietFrom = elapsed;
            ready = checkpoint.ready();
            callersBefore = checkpoint.callers();
            callsOfEpoch = checkpoint.epochCalls();
            callsBefore -= callsOfEpoch;
            begun = true;
        }
    }

    boolean watches(RolloutRun run) {
        return plan.id().equals(run.plan().id());
    }

    /** Takes what this process's shadow has compared up to now, before it looks. */
    void shadowed(RolloutRun run, ShadowCounts now) {
        shadow = now;
        ShadowStage rules = plan.policy().shadow();
        agreement =
                run.stage() == Stage.SHADOW && rules != null ? Agreement.of(plan.policy(), rules, compared()) : null;
    }

    private ShadowCounts compared() {
        return shadowBefore.plus(shadow.minus(shadowOrigin));
    }

    /** How a shadow's answers agreed up to now, while the rollout is at that stage. Thread-safe. */
    @Nullable
    Agreement agreement() {
        return agreement;
    }

    /** Takes what was counted and lets the clock run on. */
    void look(RolloutRun run, StepCounts shown, long tick) {
        look(run, run.conditions().shut(), shown, tick);
    }

    /**
     * The same where nobody may go to the candidate for more than the log says.
     *
     * @param closed whether nobody may at this hour
     */
    void look(RolloutRun run, boolean closed, StepCounts shown, long tick) {
        time(run, closed, tick);
        StepCounts now = steady.of(shown, tick);
        long calls = now.candidate().calls().answered() + now.byRule().answered();
        long all = calls
                + now.stable().calls().calls()
                + now.candidate().calls().calls()
                + now.byRule().calls()
                + CountSums.values(now); // a label comes without a call
        counts = now;
        if (calls < callsOfEpoch) {
            // The source counts from zero again, or has lost some; one that has them all kept them.
            callsBefore += 2 * calls < callsOfEpoch ? callsOfEpoch : callsOfEpoch - calls;
        }
        callsOfEpoch = calls;
        if (!begun && !run.stage().unserved()) {
            double weight = (double) run.weight() / run.plan().dependencies().share();
            synchronized (book) {
                book.begin(run.promoted() ? 1 - weight : weight, !run.promoted() || run.weight() > 0);
            }
            begun = true;
        }
        data(now.candidate().calls().calls() + now.byRule().calls());
        if (begun && (all != looked || ownTests)) { // counts that stand still cost nothing
            synchronized (book) {
                book.underWay(candidate.calls(tick), baseline.calls(tick));
                book.look(now);
                putIntoWords();
            }
            looked = all;
        }
        notice(run);
    }

    /** Lets the clock run on where there is nothing to take: what was counted before stands. */
    void blind(RolloutRun run, boolean closed, long tick) {
        time(run, closed, tick);
        notice(run);
    }

    /** Whether the evidence is still that of the weight before, as nothing could be counted since: a checkpoint would pass it off as this one's. */
    boolean uncounted(RolloutRun run) {
        return !begun && !run.stage().unserved();
    }

    private void time(RolloutRun run, boolean closed, long tick) {
        long since = Math.max(0, tick - lastLook);
        passed += since;
        lastLook = tick;
        if (epoch == run.epoch()) {
            elapsed += shut || closed ? 0 : since;
        } else {
            begin(run);
        }
        if (shut && !closed) {
            lastData = -1; // what was there before it closed is not recent
            quietFrom = elapsed;
        }
        shut = closed;
        if (hold == run.hold().seq()) {
            held += hold > 0 ? since : 0;
        } else {
            hold = run.hold().seq();
            held = 0;
        }
        if (moved != run.last().seq()) {
            movedAt = moved < 0 ? 0 : elapsed;
            moved = run.last().seq();
        }
    }

    private void data(long calls) {
        if (seenCalls >= 0 && calls > seenCalls) {
            lastData = elapsed;
        }
        seenCalls = calls;
    }

    private void begin(RolloutRun run) {
        epoch = run.epoch();
        elapsed = 0;
        quietFrom = 0;
        steady.begin();
        counts = StepCounts.NONE;
        seenCalls = 0;
        lastData = -1;
        movedAt = 0;
        ready = -1;
        callersBefore = 0;
        callsBefore += callsOfEpoch;
        callsOfEpoch = 0;
        looked = -1;
        begun = false;
    }

    /** When the step's least time and callers were reached; patience begins anew when a person has let it go on. */
    private void notice(RolloutRun run) {
        if (resumed != run.resumed()) {
            resumed = run.resumed();
            ready = ready < 0 ? ready : elapsed;
        }
        Agreement shadowed = agreement;
        if (ready < 0
                && run.stage() == Stage.SHADOW
                && shadowed != null
                && elapsed >= shadowed.rules().leastTime().toNanos()
                && shadowed.compared() >= shadowed.rules().leastCalls()) {
            ready = elapsed;
        }
        boolean atStep = run.step() >= 0 && run.step() < plan.policy().steps().size();
        if (ready < 0 && run.stage() == Stage.CANARY && atStep) {
            Step step = plan.policy().steps().get(run.step());
            if (elapsed >= step.leastTime().toNanos() && callers() >= step.leastCallers()) {
                ready = elapsed;
            }
        }
    }

    /** About how many callers the candidate has had at this weight. */
    long callers() {
        return Math.max(callersBefore, counts.candidate().callers());
    }

    Duration elapsed() {
        return Duration.ofNanos(elapsed);
    }

    Duration held() {
        return Duration.ofNanos(held);
    }

    /** Whether the data says of any guardrail that it has regressed. */
    boolean regressed() {
        return book.regressed();
    }

    /** What the data says as of the latest look. Thread-safe. */
    List<Evidence> evidence() {
        return withShadow(ofBook());
    }

    private List<Evidence> withShadow(List<Evidence> ofBook) {
        Agreement shadowed = agreement;
        return shadowed == null
                ? ofBook
                : Stream.concat(Stream.of(shadowed.evidence()), ofBook.stream()).toList();
    }

    private List<Evidence> ofBook() {
        List<Evidence> known = evidence;
        if (known != null) {
            return known;
        }
        synchronized (book) {
            known = evidence;
            if (known == null) {
                known = book.evidence();
                evidence = known;
            }
            return known;
        }
    }

    /** The same with its bands, for a person. Thread-safe. */
    List<Evidence> shown() {
        return withShadow(shownOfBook());
    }

    private List<Evidence> shownOfBook() {
        List<Evidence> known = shown;
        if (known != null) {
            return known;
        }
        synchronized (book) {
            known = shown;
            if (known == null) {
                known = book.shown();
                shown = known;
            }
            return known;
        }
    }

    /** Why this process cannot judge the candidate, or null. */
    @Nullable
    String hindrance(boolean here) {
        List<String> hindrances = book.hindrances();
        if (here && hindrances.isEmpty()) {
            return null;
        }
        return (here
                        ? String.join("; ", hindrances)
                        : "version \"" + plan.candidate()
                                + "\" is not registered in this process: it learns nothing of it")
                + "; it leaves stepping up to others";
    }

    StepCounts counts() {
        return counts;
    }

    /** How many calls the candidate has answered here in the whole rollout. */
    long calls() {
        return callsBefore + callsOfEpoch;
    }

    Situation situation(
            RolloutRun run,
            @Nullable String closed,
            Around around,
            @Nullable String killed,
            @Nullable String hindrance,
            @Nullable String objection) {
        keep(run, around, closed == null && around.outside() == null && !shut);
        return new Situation(
                run,
                elapsed(),
                ready < 0 ? null : Duration.ofNanos(elapsed - ready),
                held(),
                Duration.ofNanos(elapsed - Math.max(lastData, quietFrom)),
                lastData >= 0 && elapsed - lastData <= recent(run).toNanos(),
                Duration.ofNanos(Math.max(0, elapsed - movedAt)),
                Duration.ofNanos(kept),
                callers(),
                regressed(),
                this::evidence,
                agreement,
                closed,
                around,
                killed,
                hindrance,
                objection);
    }

    /** Lets the clock of what others keep run on, in open hours; what it stood at before a closed one counts on. */
    private void keep(RolloutRun run, Around around, boolean open) {
        if (keptAt != run.last().seq() || around.together(run)) {
            keptAt = run.last().seq();
            kept = 0;
        } else if (around.others(run) != null && open && wasOpen) {
            kept += passed;
        }
        wasOpen = open;
        passed = 0;
    }

    private Duration recent(RolloutRun run) {
        Duration watched = run.promoted() || run.step() < 0
                ? plan.policy().soak()
                : plan.policy().steps().get(run.step()).leastTime();
        Duration part = watched.dividedBy(RECENT_PARTS);
        return part.compareTo(RECENT) < 0 ? RECENT : part.compareTo(RAREST) > 0 ? RAREST : part;
    }

    /** Whether enough has happened since the last checkpoint to make another. */
    boolean checkpointDue(RolloutRun run, long tick) {
        ShadowStage rules = plan.policy().shadow();
        Duration step = run.stage() == Stage.SHADOW && rules != null
                ? rules.leastTime().dividedBy(CHECKPOINTS_A_STEP)
                : run.promoted() || run.step() < 0
                        ? RAREST
                        : plan.policy().steps().get(run.step()).leastTime().dividedBy(CHECKPOINTS_A_STEP);
        // A short step that waits for weeks would fill the log otherwise.
        Duration late = elapsed().dividedBy(CHECKPOINTS_A_STEP);
        Duration atLeast = step.compareTo(late) > 0 ? step : late;
        Duration every =
                atLeast.compareTo(MOST_OFTEN) < 0 ? MOST_OFTEN : atLeast.compareTo(RAREST) > 0 ? RAREST : atLeast;
        return tick - lastCheckpoint >= every.toNanos();
    }

    /** What an earlier process of this one's name has to know. */
    Checkpoint checkpoint(String reached, long tick) {
        lastCheckpoint = tick;
        Map<String, Object> state = new HashMap<>(book.checkpoint());
        if (agreement != null) {
            state.put(Agreement.NAME, compared().write());
        }
        return new Checkpoint(epoch, elapsed, ready, hold, held, callers(), calls(), callsOfEpoch, reached, state);
    }
}
