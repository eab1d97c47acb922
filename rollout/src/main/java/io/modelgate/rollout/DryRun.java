package io.modelgate.rollout;

import io.modelgate.ModelGate;
import io.modelgate.control.Decision;
import io.modelgate.control.Entry;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A policy that judges the traffic of another one's rollout, without effect: what it would have decided is told and kept here only. It
 * sees the evidence at the weights that the other policy gives. Done once it would have taken the candidate back or promoted it. Guarded by
 * the lock of the controller.
 */
final class DryRun {

    private final RolloutPolicy policy;
    private final Notices notices;
    private final Decided decided;
    private final Function<String, @Nullable GuardrailTest> tests;
    private @Nullable RolloutRun imagined;
    private @Nullable EvidenceOf evidence;

    private record EvidenceOf(String rollout, @Nullable RolloutUnits folding, Progress real, Progress imagined) {}

    DryRun(RolloutPolicy policy, Notices notices, Decided decided, Function<String, @Nullable GuardrailTest> tests) {
        this.policy = policy.afterShadow(); // whatever it would compare, the other one mirrors
        this.notices = notices;
        this.decided = decided;
        this.tests = tests;
    }

    /** Looks once; false when it is done. Begins anew on a log that was folded anew. */
    @SuppressWarnings("ReferenceEquality") // made once for each rollout that is folded
    boolean look(
            ModelGate<?, ?> gate,
            RolloutRun real,
            @Nullable RolloutUnits folding,
            StepCounts counts,
            long tick,
            Instant now) {
        RolloutRun.Plan plan = new RolloutRun.Plan(
                real.plan().id(),
                real.plan().candidate(),
                real.plan().baseline(),
                policy,
                new Dependencies(real.plan().dependencies().range(), List.of(), null));
        EvidenceOf books = evidence;
        RolloutRun run = imagined;
        if (books == null || run == null || !books.rollout().equals(plan.id()) || books.folding() != folding) {
            run = RolloutRun.started(plan, first().parts(), real.last());
            books = new EvidenceOf(
                    plan.id(),
                    folding,
                    new Progress(real.under(plan), gate, tests, null, ShadowCounts.NONE, tick),
                    new Progress(run, gate, tests, null, ShadowCounts.NONE, tick));
            evidence = books;
            imagined = run;
        }
        books.real().look(real.under(plan), counts, tick);
        // Its own clock and least callers, the other one's evidence.
        books.imagined().look(run, counts, tick);
        Situation situation = books.imagined()
                .situation(
                        run,
                        policy.calendar().closed(now),
                        new Around(policy.windows().outside(now), true, null, null),
                        null,
                        null,
                        null)
                .seeing(books.real().regressed(), books.real()::evidence);
        return happened(gate.name(), run, Judgement.of(situation), now);
    }

    /** Whether it has looked at a rollout that is not the one that runs now: one that has looked at none waits for the next. */
    boolean over(@Nullable RolloutRun now) {
        EvidenceOf books = evidence;
        return books != null
                && (now == null || !books.rollout().equals(now.plan().id()));
    }

    private Weight first() {
        Step step = policy.steps().get(0);
        return step.manual() ? Weight.NONE : step.weight();
    }

    private boolean happened(String gate, RolloutRun run, Move move, Instant now) {
        if (move instanceof Move.Stay) {
            return true;
        }
        if (!(move instanceof Move.Window)) {
            notices.wouldHave(gate, run, word(move), move.reason());
        }
        if (move instanceof Move.Abort || move instanceof Move.Promote) {
            return false;
        }
        Optional<Decision> decision = Optional.ofNullable(decided.of(gate, run, move, Map.of()));
        // An entry of its own log, which nobody else reads: its numbers only have to differ.
        imagined = decision.map(each ->
                        run.apply(new Entry(run.epoch() + now.toEpochMilli(), each, Entry.GENESIS, Entry.GENESIS)))
                .orElse(run);
        return true;
    }

    private static String word(Move move) {
        if (move instanceof Move.StepTo) {
            return "step";
        }
        if (move instanceof Move.Promote) {
            return "promote";
        }
        if (move instanceof Move.Abort) {
            return "abort";
        }
        return move instanceof Move.Hold ? "hold" : move instanceof Move.Wait ? "wait" : "alert";
    }
}
