package io.modelgate.rollout;

import io.modelgate.Actor;
import io.modelgate.Gates;
import io.modelgate.ModelGate;
import io.modelgate.Receipt;
import io.modelgate.control.Decision;
import io.modelgate.control.Entry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What a person does to a rollout. Thread-safe. */
final class Interventions {

    private final Gates gates;
    private final Decided decided;
    private final Controller controller;
    private final Conditional conditional;
    private final @Nullable ExposureKeeper exposures;

    Interventions(Gates gates, Decided decided, Controller controller, @Nullable ExposureKeeper exposures) {
        this.exposures = exposures;
        this.gates = gates;
        this.decided = decided;
        this.controller = controller;
        conditional = new Conditional(gates);
    }

    /** Appends what concerns the running rollout and makes no sense, and so no difference, once another one runs. */
    Receipt say(ModelGate<?, ?> gate, String type, Actor actor, String reason) {
        RolloutRun run = running(gate);
        boolean pause = type.equals(EntryTypes.ROLLOUT_PAUSE);
        if (run.hold().paused() == pause) {
            throw new IllegalStateException(named(gate, run)
                    + (pause ? " is paused: " : " is not paused: ")
                    + run.last().decision().actor() + ", "
                    + run.last().decision().reason());
        }
        return gates.append(decision(
                gate, type, actor, reason, Map.of(EntryTypes.ID, run.plan().id())));
    }

    Receipt approve(ModelGate<?, ?> gate, Actor actor, String reason) {
        RolloutRun run = running(gate);
        Step next = run.next();
        if (next == null || !next.manual() || run.promoted() || run.mayEnterNext()) {
            throw new IllegalStateException(named(gate, run) + " has no step to approve: it is at step " + run.step()
                    + (next == null ? ", the last" : ", and the next one needs no approval or has it"));
        }
        Map<String, Object> data = Map.of(EntryTypes.ID, run.plan().id(), EntryTypes.STEP, (long) run.step() + 1);
        return gates.append(decision(gate, EntryTypes.ROLLOUT_APPROVE, actor, reason, data));
    }

    Receipt rehearsed(ModelGate<?, ?> gate, String version, Actor actor, String reason) {
        gate.version(version); // throws if unknown
        return gates.append(
                decision(gate, EntryTypes.ROLLBACK_REHEARSED, actor, reason, Map.of(EntryTypes.VERSION, version)));
    }

    Receipt promote(ModelGate<?, ?> gate, Actor actor, String reason) {
        return receipt(conditional.make(gate, () -> promotion(gate, actor, reason)));
    }

    private Decision promotion(ModelGate<?, ?> gate, Actor actor, String reason) {
        CohortRouting routing = Routings.of(gate);
        RolloutRun run = running(gate);
        if (run.stage() != Stage.CANARY || routing.halted()) {
            throw new IllegalStateException(named(gate, run) + " cannot be promoted: "
                    + (routing.halted() ? "its candidate was killed" : "it is at stage " + run.stage()));
        }
        Seen seen = seen(gate, run);
        if (seen == null) { // it may have regressed
            throw new IllegalStateException(named(gate, run)
                    + " cannot be promoted here: this process has not looked at its evidence yet; promote it in one that serves"
                    + " the gate and looks after its rollouts");
        }
        String regressed = seen.evidence().stream()
                .filter(each -> each.finding() == Finding.REGRESSED)
                .map(each -> each.guardrail() + " (" + each.text() + ")")
                .collect(Collectors.joining("; "));
        if (!regressed.isEmpty()) {
            throw new IllegalStateException(named(gate, run) + " cannot be promoted: regressed: " + regressed);
        }
        List<String> objections = controller.objections(gate, routing);
        if (!objections.isEmpty()) {
            throw new IllegalStateException(named(gate, run) + " cannot be promoted: " + String.join("; ", objections));
        }
        Map<String, Object> data = data(routing, run, seen);
        Decided.promotion(run, data);
        return decision(gate, EntryTypes.PROMOTE, actor, reason, data);
    }

    Receipt abort(ModelGate<?, ?> gate, Actor actor, String reason) {
        String rollout = running(gate).plan().id();
        return conditional.send(() -> {
            RolloutRun run = running(gate);
            if (!run.plan().id().equals(rollout)) {
                throw new IllegalStateException(
                        "gate \"" + gate.name() + "\": rollout " + rollout + " is over, and another one runs");
            }
            return takeBack(gate, Routings.of(gate), run, actor, reason);
        });
    }

    /** The decision that takes a running rollout's candidate back, promoted or not. */
    private Decision takeBack(ModelGate<?, ?> gate, CohortRouting routing, RolloutRun run, Actor actor, String reason) {
        Map<String, Object> data = data(routing, run, seen(gate, run));
        if (!run.promoted()) {
            return decision(gate, EntryTypes.ROLLOUT_ABORT, actor, reason, data);
        }
        data.put(EntryTypes.FROM, run.plan().candidate());
        data.put(EntryTypes.TO, target(gate, run.plan().candidate()));
        return decision(gate, EntryTypes.ROLLBACK, actor, reason, data);
    }

    Rollback rollback(ModelGate<?, ?> gate, Actor actor, String reason) {
        return rollback(gate, conditional.make(gate, () -> undoing(gate, actor, reason)));
    }

    /** What an entry did whose data is {@linkplain #reported as a report needs it}. */
    Rollback rollback(ModelGate<?, ?> gate, Entry entry) {
        Map<String, Object> data = entry.decision().data();
        String bad = text(data, "bad");
        List<String> remedies =
                new ArrayList<>(Registry.remedies(Routings.of(gate).memory(), bad));
        if (exposures != null) {
            exposures.listOf(gate, bad).ifPresent(remedies::add);
        }
        Instant since = Instant.parse(text(data, "since"));
        return new Rollback(
                entry,
                text(data, "restored"),
                bad,
                since,
                entry.number("reached", -1),
                entry.number("calls", -1),
                remedies);
    }

    private static String text(Map<String, Object> data, String name) {
        return String.valueOf(data.get(name));
    }

    /** The decision that undoes the latest change of what is served, with what the report needs in its data. */
    private Decision undoing(ModelGate<?, ?> gate, Actor actor, String reason) {
        CohortRouting routing = Routings.of(gate);
        RolloutRun run = routing.run();
        ServingChange change = routing.memory().changes().latest();
        boolean promotion = change != null && change.kind() == ServingChange.Kind.PROMOTED;
        // A draft has changed nothing for anyone: what hurts is what was promoted before it.
        if (run != null && (run.served() != null || !promotion)) {
            Decision decision = takeBack(gate, routing, run, actor, reason);
            String restored = run.promoted()
                    ? text(decision.data(), EntryTypes.TO)
                    : gate.describe().stable().orElse(run.plan().baseline());
            return reported(decision, restored, run.plan().candidate(), run.served());
        }
        if (run == null && routing.running() != null) {
            String candidate = routing.running().version();
            Map<String, Object> data = Map.of(EntryTypes.ID, routing.running().id());
            return reported(
                    decision(gate, EntryTypes.ROLLOUT_END, actor, reason, data),
                    gate.describe().stable().orElse("stable"),
                    candidate,
                    null);
        }
        return undoingPromotion(gate, routing, actor, reason);
    }

    private Decision undoingPromotion(ModelGate<?, ?> gate, CohortRouting routing, Actor actor, String reason) {
        ServingChange change = routing.memory().changes().latest();
        if (change == null) {
            throw new IllegalStateException(
                    "gate \"" + gate.name()
                            + "\" has nothing to roll back: no version was promoted since it was declared, and no rollout runs");
        }
        if (change.kind() != ServingChange.Kind.PROMOTED) {
            throw new IllegalStateException("gate \"" + gate.name() + "\" was rolled back already: " + change.text()
                    + ". Version \"" + gate.describe().stable().orElse("?")
                    + "\" is stable. To go further back, promote the version that you want: version(\"…\").promote(…)");
        }
        String bad = change.version();
        return goingBack(gate, bad, target(gate, bad), actor, reason);
    }

    /** The decision that takes a stable version back, with what the report needs in its data. */
    Decision goingBack(ModelGate<?, ?> gate, String bad, String to, Actor actor, String reason) {
        GateMemory memory = Routings.of(gate).memory();
        Entry promotion = memory.changes().promotions().get(bad);
        RolloutRun last = memory.ended().get(bad);
        RolloutRun own = last != null && promotion != null && promoted(last, promotion) ? last : null;
        Map<String, Object> data = new HashMap<>();
        data.put(EntryTypes.FROM, bad);
        data.put(EntryTypes.TO, to);
        if (own != null) {
            data.put("reached", own.last().number("reached", -1));
            data.put("calls", own.last().number("calls", -1));
        }
        Instant served = own == null ? null : own.served();
        if (served == null && promotion != null) {
            served = promotion.decision().at();
        }
        return reported(decision(gate, EntryTypes.ROLLBACK, actor, reason, data), to, bad, served);
    }

    /** Whether a rollout that has ended came to that promotion: its own, or one by hand that ended it. */
    private static boolean promoted(RolloutRun run, Entry promotion) {
        return run.plan().id().equals(promotion.text(EntryTypes.ID))
                || run.last().seq() == promotion.seq();
    }

    private Decision reported(Decision decision, String restored, String bad, @Nullable Instant since) {
        Map<String, Object> data = new HashMap<>(decision.data());
        data.put("restored", restored);
        data.put("bad", bad);
        data.put("since", (since == null ? decision.at() : since).toString());
        return new Decision(
                decision.id(),
                decision.at(),
                decision.type(),
                decision.critical(),
                decision.gate(),
                decision.actor(),
                decision.authentication(),
                decision.reason(),
                data);
    }

    /** The latest earlier stable version that may serve here, not killed and not rolled back itself. */
    static String target(ModelGate<?, ?> gate, String bad) {
        Optional<String> previous = gate.previous().filter(version -> !version.equals(bad));
        return previous.orElseThrow(() -> new IllegalStateException("gate \"" + gate.name()
                + "\" has no version to go back to from \"" + bad
                + "\": none was stable before that is registered here, not killed and not rolled back."
                + " Revive one or register it, or kill \"" + bad + "\" so that the ladder answers"));
    }

    /** What was counted of the rollout, for an entry. */
    private Map<String, Object> data(CohortRouting routing, RolloutRun run, @Nullable Seen seen) {
        StepCounts counts = seen == null ? StepCounts.NONE : seen.counts();
        long reached = Controller.reached(routing, run, counts);
        long calls = controller.calls(run, seen == null ? 0 : seen.calls());
        Map<String, Object> data = new HashMap<>();
        data.put(EntryTypes.ID, run.plan().id());
        data.put(
                EntryTypes.EVIDENCE,
                Decided.evidence(seen == null ? List.of() : seen.evidence(), counts, reached, calls));
        data.put("reached", reached);
        data.put("calls", calls);
        return data;
    }

    private @Nullable Seen seen(ModelGate<?, ?> gate, RolloutRun run) {
        Seen seen = controller.seen(gate.name());
        return seen != null && seen.rollout().equals(run.plan().id()) ? seen : null;
    }

    private static RolloutRun running(ModelGate<?, ?> gate) {
        RolloutRun run = Routings.of(gate).run();
        if (run == null) {
            throw new IllegalStateException("no rollout under a policy runs on gate \"" + gate.name() + "\"");
        }
        return run;
    }

    private static String named(ModelGate<?, ?> gate, RolloutRun run) {
        return "rollout \"" + run.plan().id() + "\" of version \"" + run.plan().candidate() + "\" on gate \""
                + gate.name() + "\"";
    }

    Decision decision(ModelGate<?, ?> gate, String type, Actor actor, String reason, Map<String, Object> data) {
        return decided.of(UUID.randomUUID().toString(), type, gate.name(), actor, reason, data);
    }

    /** The receipt of an entry that is there: to append it once more changes nothing. */
    Receipt receipt(Entry entry) {
        return gates.append(entry.decision());
    }
}
