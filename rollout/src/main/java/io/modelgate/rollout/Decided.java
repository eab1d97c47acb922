package io.modelgate.rollout;

import io.modelgate.Actor;
import io.modelgate.Gates;
import io.modelgate.control.Decision;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Moves of automation as decisions for the control log. Each has an id that follows from the rollout and its state, so that several
 * processes that come to the same decision make one entry of it.
 */
final class Decided {

    static final Actor AUTOMATION = new Actor("modelgate", "automation");

    private static final int LONGEST_REASON = 2_000;

    private final Gates gates;
    private final String process;

    /** {@code process} marks the entries of this process. */
    Decided(Gates gates, String process) {
        this.gates = gates;
        this.process = process;
    }

    /** The decision of a move, or null for one that decides nothing. */
    @Nullable
    Decision of(String gate, RolloutRun run, Move move, Map<String, Object> evidence) {
        String id = run.plan().id();
        Map<String, Object> data = new HashMap<>();
        data.put(EntryTypes.ID, id);
        data.put(EntryTypes.EVIDENCE, evidence);
        for (String total : List.of("reached", "calls")) {
            if (evidence.get(total) instanceof Long number) {
                data.put(total, number); // where a later rollback looks
            }
        }
        if (move instanceof Move.StepTo to) {
            data.put(EntryTypes.STEP, (long) to.step());
            data.put(EntryTypes.WEIGHT, (long)
                    run.plan().policy().steps().get(to.step()).weight().parts());
            return decision(id + ".step." + to.step(), EntryTypes.ROLLOUT_WEIGHT, gate, move, data);
        }
        if (move instanceof Move.Wait wait) {
            data.put(EntryTypes.STEP, (long) wait.step());
            return decision(id + ".wait." + wait.step(), EntryTypes.ROLLOUT_WAIT, gate, move, data);
        }
        if (move instanceof Move.Alert alert) {
            long since = run.unmovedSince();
            data.put(EntryTypes.HOLD, since);
            data.put(EntryTypes.ALERT, (long) alert.level());
            return decision(
                    id + (run.hold().held() ? ".alert." : ".stall.") + since + "." + alert.level(),
                    EntryTypes.ROLLOUT_ALERT,
                    gate,
                    move,
                    data);
        }
        if (move instanceof Move.Window window) {
            data.put(EntryTypes.OPEN, window.open());
            return decision(id + ".window." + run.conditions().seq(), EntryTypes.ROLLOUT_WINDOW, gate, move, data);
        }
        if (move instanceof Move.Ready ready) {
            data.put(EntryTypes.STEP, (long) ready.place());
            data.put(EntryTypes.READY, ready.ready());
            String name =
                    id + ".ready." + ready.place() + "." + run.conditions().seq() + "." + run.epoch();
            return decision(name, EntryTypes.ROLLOUT_READY, gate, move, data);
        }
        if (move instanceof Move.Hold) {
            data.put(EntryTypes.INCONCLUSIVE, true);
            return decision(
                    id + ".hold." + run.epoch() + "." + run.resumed(), EntryTypes.ROLLOUT_PAUSE, gate, move, data);
        }
        if (move instanceof Move.Promote) {
            promotion(run, data);
            return decision(id + ".promote", EntryTypes.PROMOTE, gate, move, data);
        }
        if (move instanceof Move.Abort) {
            return decision(id + ".abort", EntryTypes.ROLLOUT_ABORT, gate, move, data);
        }
        if (move instanceof Move.RollBack) {
            data.put(EntryTypes.FROM, run.plan().candidate());
            data.put(EntryTypes.TO, run.plan().baseline());
            return decision(id + ".rollback", EntryTypes.ROLLBACK, gate, move, data);
        }
        if (move instanceof Move.Soak) {
            return decision(id + ".soak", EntryTypes.ROLLOUT_SOAK, gate, move, data);
        }
        return move instanceof Move.Complete
                ? decision(id + ".complete", EntryTypes.ROLLOUT_END, gate, move, data)
                : null;
    }

    static void promotion(RolloutRun run, Map<String, Object> data) {
        data.put(EntryTypes.VERSION, run.plan().candidate());
        data.put(EntryTypes.FROM, run.plan().baseline());
        data.put(EntryTypes.HOLDBACK, (long) run.plan().policy().holdback().parts());
    }

    private Decision decision(String id, String type, String gate, Move move, Map<String, Object> data) {
        return of(id, type, gate, AUTOMATION, plain(move.reason()), data);
    }

    /** A decision of an actor that this process can tell for its own. */
    Decision of(String id, String type, String gate, Actor actor, String reason, Map<String, Object> data) {
        Map<String, Object> marked = new HashMap<>(data);
        marked.put(EntryTypes.PROCESS, process);
        return gates.decision(id, type, gate, actor, reason, marked);
    }

    /** Marks the data of a decision that is made elsewhere as this process's. */
    void mark(Map<String, Object> data) {
        data.put(EntryTypes.PROCESS, process);
    }

    /**
     * Whether this process has to notify of a decision: of its own, and of one that no process marked, because it was made by the command or
     * by a call of core's, as a rollback at 3 a.m. may be. Rather each process notifies of that than none.
     */
    boolean toTell(Decision decision) {
        Object marked = decision.data().get(EntryTypes.PROCESS);
        return marked == null || process.equals(marked);
    }

    /** What a guardrail or a person who killed has said may be long, or hold what an entry's reason must not. */
    private static String plain(String reason) {
        String cut = reason.length() <= LONGEST_REASON ? reason : reason.substring(0, LONGEST_REASON);
        StringBuilder plain = new StringBuilder(cut.length());
        cut.chars().forEach(c -> plain.append(Character.isISOControl(c) ? ' ' : (char) c));
        return plain.toString();
    }

    /** What the data says, and what it is made of, for an entry. */
    static Map<String, Object> evidence(List<Evidence> evidence, StepCounts counts, long reached, long calls) {
        Map<String, Object> data = new HashMap<>();
        data.put(
                "guardrails",
                evidence.stream()
                        .map(each -> {
                            Map<String, Object> one = new HashMap<>();
                            one.put("name", each.guardrail());
                            one.put("finding", each.finding().name());
                            one.put("required", each.required());
                            each.regressed().ifPresent(value -> one.put("regressed", Double.toString(value)));
                            each.notWorse().ifPresent(value -> one.put("notWorse", Double.toString(value)));
                            one.put("text", each.text());
                            one.put("numbers", each.numbers());
                            return one;
                        })
                        .toList());
        data.put("stableCalls", counts.stable().calls().calls());
        data.put("candidateCalls", counts.candidate().calls().calls());
        data.put("byRuleCalls", counts.byRule().calls());
        data.put("reached", reached);
        data.put("calls", calls);
        return data;
    }
}
