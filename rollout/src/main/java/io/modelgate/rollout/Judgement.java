package io.modelgate.rollout;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What automation decides in a situation: a function of it and of nothing else. Taking back comes before everything, and nothing keeps it
 * from happening: no pause, no calendar, no approval that is missing.
 */
final class Judgement {

    private Judgement() {}

    static Move of(Situation now) {
        RolloutRun run = now.run();
        if (run.stage().end()) {
            return new Move.Stay("it is over");
        }
        Optional<String> bad = bad(now);
        if (bad.isPresent()) {
            return run.promoted() ? new Move.RollBack(bad.get()) : new Move.Abort(bad.get());
        }
        Move window = window(now);
        if (window != null) {
            return window;
        }
        int alert = alert(now);
        if (alert > 0) {
            return new Move.Alert(alert, "held up for " + text(now.held()) + ": " + held(run));
        }
        Stall stall = stall(now);
        int stalled = stall == null ? 0 : level(run.hold(), stall.late(), stall.patience(), now.policy());
        if (stall != null && stalled > 0) {
            return new Move.Alert(stalled, "does not get on: " + stall.why());
        }
        if (run.hold().paused()) {
            return new Move.Stay(held(run));
        }
        if (run.conditions().shut()) {
            return together(now, new Move.Stay(outside(now)));
        }
        return together(now, run.promoted() ? afterPromotion(now) : stepping(now));
    }

    /** Nobody goes to a candidate outside its windows; to pass one by is no step, so nothing but its end keeps it from that. */
    private static @Nullable Move window(Situation now) {
        RolloutRun run = now.run();
        String outside = now.around().outside();
        if (run.stage() != Stage.CANARY) {
            return null;
        }
        if (run.conditions().shut()) {
            return now.around().reopens() ? new Move.Window(true, "within its windows again") : null;
        }
        return outside == null ? null : new Move.Window(false, outside);
    }

    /** What a rollout that goes in lockstep makes of what it would do by itself: it says that it is ready, waits, or goes on with the others. */
    private static Move together(Situation now, Move alone) {
        LockstepGroup group = now.around().lockstep();
        if (group == null) {
            return alone;
        }
        RolloutRun run = now.run();
        int next = run.place() + 1;
        boolean ready = run.conditions().ready() == next;
        boolean goesOn =
                alone instanceof Move.StepTo || alone instanceof Move.Promote || alone instanceof Move.Complete;
        String obstacle = outsideItself(now);
        if (ready && obstacle != null) {
            return new Move.Ready(next, false, obstacle);
        }
        if (goesOn && !ready) {
            return new Move.Ready(next, true, alone.reason());
        }
        if (!goesOn) {
            return ready && group.ahead(next) ? follow(run, group) : alone;
        }
        String waits = group.waits(next);
        return waits == null ? alone : new Move.Stay(waits);
    }

    /** What keeps a rollout from going on in every process alike, whatever each has seen of its calls. */
    private static @Nullable String outsideItself(Situation now) {
        if (now.around().barrier() != null) {
            return now.around().barrier();
        }
        if (now.run().promoted()) {
            return null;
        }
        if (now.run().conditions().shut() || now.around().outside() != null) {
            return outside(now);
        }
        return now.closed() != null ? now.closed() : now.objection();
    }

    private static String outside(Situation now) {
        String outside = now.around().outside();
        return outside == null ? "its window opens within a minute" : outside;
    }

    /** Another one has taken the place for which all were ready: this one is behind, by a process that ended or a look. */
    private static Move follow(RolloutRun run, LockstepGroup group) {
        String why = "lockstep \"" + group.name() + "\": all were ready, and another rollout has gone on";
        if (run.promoted()) {
            return new Move.Complete(why);
        }
        return run.next() == null ? new Move.Promote(why) : new Move.StepTo(run.step() + 1, why);
    }

    private static Optional<String> bad(Situation now) {
        if (now.killed() != null) {
            return Optional.of(now.killed());
        }
        LockstepGroup group = now.around().lockstep();
        if (!now.regressed()) {
            return group == null ? Optional.empty() : Optional.ofNullable(group.fallen());
        }
        String regressed = texts(now.evidence().stream().filter(each -> each.finding() == Finding.REGRESSED));
        return Optional.of("regressed: " + regressed);
    }

    private static int alert(Situation now) {
        Hold hold = now.run().hold();
        PauseAlert policy = now.policy().pauseAlert();
        return hold.held() ? level(hold, now.held(), policy.after(), now.policy()) : 0;
    }

    private static int level(Hold hold, Duration late, Duration patience, RolloutPolicy policy) {
        if (hold.alerts() == 0 && late.compareTo(patience) >= 0) {
            return 1;
        }
        Duration twice = patience.plus(policy.pauseAlert().escalation());
        return hold.alerts() == 1 && late.compareTo(twice) >= 0 ? 2 : 0;
    }

    /**
     * What nobody holds up and what gets on no more all the same, for want of callers or for others.
     *
     * @param late for how long
     * @param patience how long that is nothing to call a person for
     */
    private record Stall(Duration late, Duration patience, String why) {}

    private static @Nullable Stall stall(Situation now) {
        RolloutRun run = now.run();
        Duration after = now.policy().pauseAlert().after();
        if (run.hold().held() || now.closed() != null || run.conditions().shut()) {
            return null; // there are to be no steps, or no callers
        }
        String others = now.around().others(run);
        if (others != null) {
            LockstepGroup group = now.around().lockstep();
            Duration least = group == null ? Duration.ZERO : group.leastTime(run.place() + 1);
            return new Stall(now.kept(), least.compareTo(after) > 0 ? least : after, others);
        }
        if (run.stage() == Stage.DRAFT || now.hindrance() != null) {
            return null; // a process that cannot judge has said so, and others may get on
        }
        if (!run.promoted() && now.ready() == null && readyElsewhere(run)) {
            return null;
        }
        Agreement agreement = now.agreement();
        if (run.stage() == Stage.SHADOW) {
            if (agreement == null || now.ready() != null) {
                return null; // what is inconclusive has its own patience
            }
            Duration least = agreement.rules().leastTime();
            Duration late = least(now.elapsed().minus(least), now.unmoved());
            return new Stall(late, least.compareTo(after) > 0 ? least : after, lacksCompared(now, agreement));
        }
        if (run.stage() == Stage.CANARY && now.ready() == null) {
            Duration least = now.policy().steps().get(run.step()).leastTime();
            Duration late = least(now.elapsed().minus(least), now.unmoved());
            // Twice the time that the policy thought would do is late; a minute more is not.
            return new Stall(late, least.compareTo(after) > 0 ? least : after, lacksCallers(now));
        }
        Duration ready = run.promoted() ? now.elapsed().minus(now.policy().soak()) : now.ready();
        if (ready == null || ready.isNegative() || !lacksData(now)) {
            return null;
        }
        return new Stall(least(least(ready, now.quiet()), now.unmoved()), after, noData(now));
    }

    /** Whether another process has had this step's least time and callers: the callers may all be that one's. */
    private static boolean readyElsewhere(RolloutRun run) {
        return run.checkpoints().values().stream().anyMatch(each -> each.since() == run.epoch() && each.ready() >= 0);
    }

    private static Duration least(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    private static String lacksCallers(Situation now) {
        Step step = now.policy().steps().get(now.run().step());
        return "at step " + now.run().step() + ", " + text(now.elapsed()) + " of at least " + text(step.leastTime())
                + ", " + now.callers() + " of at least " + step.leastCallers() + " callers";
    }

    /** What was shown once says nothing of a version that nobody has called since; a policy may step by time alone. */
    private static boolean lacksData(Situation now) {
        RolloutRun run = now.run();
        boolean needed = run.promoted()
                ? !now.policy().soak().isZero()
                : run.next() == null || now.policy().steps().get(run.step()).leastCallers() > 0;
        return needed && !now.recent();
    }

    private static String noData(Situation now) {
        return "no call of version \"" + now.run().plan().candidate() + "\" here for " + text(now.quiet());
    }

    private static String held(RolloutRun run) {
        return run.hold().paused()
                ? "paused by " + run.last().decision().actor() + ": "
                        + run.last().decision().reason()
                : "waits for the approval of step " + run.hold().waiting();
    }

    private static Move afterPromotion(Situation now) {
        Duration soak = now.policy().soak();
        if (now.elapsed().compareTo(soak) >= 0) {
            if (now.hindrance() != null) { // whether there was a call is not known then
                return new Move.Stay(now.hindrance());
            }
            if (lacksData(now)) {
                return new Move.Stay(noData(now));
            }
            if (now.around().barrier() != null) {
                return new Move.Stay(now.around().barrier());
            }
            return new Move.Complete("watched for " + text(now.elapsed()) + " after its promotion, nothing regressed");
        }
        return now.run().stage() == Stage.FULL
                ? new Move.Soak("watched for " + text(soak) + " from its promotion on")
                : new Move.Stay("soaks, " + text(now.elapsed()) + " of " + text(soak));
    }

    private static Move stepping(Situation now) {
        RolloutRun run = now.run();
        if (run.stage() == Stage.CANARY && now.ready() == null) {
            return new Move.Stay(lacksCallers(now));
        }
        Optional<Move> shadow = run.stage() == Stage.SHADOW ? shadowing(now) : Optional.empty();
        if (shadow.isPresent()) {
            return shadow.get();
        }
        Step next = run.next();
        if (next != null && !run.mayEnterNext()) {
            int step = run.step() + 1;
            return run.hold().waiting() == step
                    ? new Move.Stay(held(run))
                    : new Move.Wait(step, "step " + step + " to " + next.weight() + " waits for an approval");
        }
        Optional<String> inconclusive = next == null ? inconclusive(now) : Optional.empty();
        if (inconclusive.isPresent() && now.hindrance() != null) {
            return new Move.Stay(now.hindrance());
        }
        if (inconclusive.isPresent()) {
            return impatient(now, inconclusive.get());
        }
        if (run.stage() == Stage.CANARY && lacksData(now)) {
            return new Move.Stay(now.hindrance() == null ? noData(now) : now.hindrance());
        }
        Optional<String> obstacle = obstacle(now);
        if (obstacle.isPresent()) {
            return new Move.Stay(obstacle.get());
        }
        return next == null
                ? new Move.Promote("not worse: " + texts(required(now)))
                : new Move.StepTo(
                        run.step() + 1,
                        run.stage().unserved()
                                ? firstStep(now)
                                : "nothing regressed in " + text(now.elapsed()) + " with " + now.callers()
                                        + " callers");
    }

    private static String firstStep(Situation now) {
        Agreement agreement = now.agreement();
        return agreement == null ? "the first step" : "the first step, after a shadow that " + agreement.text();
    }

    /** What keeps a shadow from being left, if anything does. */
    private static Optional<Move> shadowing(Situation now) {
        Agreement agreement = now.agreement();
        if (agreement == null) {
            return Optional.of(new Move.Stay(now.hindrance() == null ? "has no shadow here" : now.hindrance()));
        }
        if (now.ready() == null) {
            return Optional.of(
                    new Move.Stay(now.hindrance() == null ? lacksCompared(now, agreement) : now.hindrance()));
        }
        if (agreement.shown()) {
            return Optional.empty();
        }
        return Optional.of(
                now.hindrance() == null
                        ? impatient(now, "inconclusive: " + agreement.text())
                        : new Move.Stay(now.hindrance()));
    }

    private static String lacksCompared(Situation now, Agreement agreement) {
        return "shadowed for " + text(now.elapsed()) + " of at least "
                + text(agreement.rules().leastTime()) + ", " + Figures.count(agreement.compared()) + " of at least "
                + Figures.count(agreement.rules().leastCalls()) + " compared calls; " + agreement.text();
    }

    /** What promotion still lacks. A policy that asks for no evidence leaves the promotion to a person. */
    private static Optional<String> inconclusive(Situation now) {
        if (required(now).findAny().isEmpty()) {
            return Optional.of("no guardrail is required: a person promotes");
        }
        String lacks = texts(required(now).filter(each -> each.finding() != Finding.NOT_WORSE));
        return lacks.isEmpty() ? Optional.empty() : Optional.of("inconclusive: " + lacks);
    }

    private static Move impatient(Situation now, String why) {
        Inconclusive policy = now.policy().inconclusive();
        Duration ready = now.ready();
        if (ready == null || ready.compareTo(policy.patience()) < 0) {
            return new Move.Stay(why);
        }
        String late = "after " + text(ready) + " " + why;
        return switch (policy.then()) {
            case WAIT -> new Move.Stay(late);
            case HOLD -> new Move.Hold(late);
            case ABORT -> new Move.Abort(late);
        };
    }

    private static Optional<String> obstacle(Situation now) {
        if (now.hindrance() != null) {
            return Optional.of(now.hindrance());
        }
        return Optional.ofNullable(outsideItself(now));
    }

    private static Stream<Evidence> required(Situation now) {
        return now.evidence().stream().filter(Evidence::required);
    }

    private static String texts(Stream<Evidence> evidence) {
        return evidence.map(each -> each.guardrail() + " (" + each.text() + ")").collect(Collectors.joining("; "));
    }

    /** Whole seconds, as ISO 8601 has them without its letters P and T. */
    static String text(@Nullable Duration duration) {
        if (duration == null) {
            return "0 s";
        }
        long seconds = duration.toSeconds();
        List<String> parts = Stream.of(
                        part(seconds / 86_400, "d"), part(seconds / 3_600 % 24, "h"), part(seconds / 60 % 60, "min"))
                .filter(part -> !part.isEmpty())
                .toList();
        String rest = seconds % 60 > 0 || parts.isEmpty() ? seconds % 60 + " s" : "";
        return Stream.concat(parts.stream(), Stream.of(rest))
                .filter(part -> !part.isEmpty())
                .limit(2)
                .collect(Collectors.joining(" "));
    }

    private static String part(long amount, String unit) {
        return amount > 0 ? amount + " " + unit : "";
    }
}
