package io.modelgate;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a kill would do, for a person to look at before they engage it. Immutable; what is true now may have changed by then.
 *
 * @param scope what it would turn off
 * @param gates what answers instead, for each gate of this process that it concerns, by name
 * @param recent how the scope compares to the callers that this process saw lately: none matching hints at a misspelt value
 * @param engaged the kills that bear on the scope already
 */
public record KillPreview(Scope scope, List<Instead> gates, KillReceipt.Recent recent, List<Kill> engaged) {

    /** Copies the lists. */
    public KillPreview {
        gates = List.copyOf(gates);
        engaged = List.copyOf(engaged);
    }

    /**
     * What answers the callers whose version is killed.
     *
     * @param gate the gate
     * @param answers stable, where only another version is killed, and then the rungs of the ladder, in the order in which they are asked;
     *     empty if every such call is refused
     * @param certain whether the first is a constant, which answers every time
     */
    public record Instead(String gate, List<String> answers, boolean certain) {

        /** Copies the list. */
        public Instead {
            answers = List.copyOf(answers);
        }
    }

    static KillPreview of(Scope scope, Control control, List<ModelGate<?, ?>> here) {
        List<Instead> instead = here.stream().map(gate -> instead(scope, gate)).toList();
        List<Kill> engaged = control.locked(control::kills).stream()
                .filter(kill -> kill.scope().bearsOn(scope))
                .toList();
        return new KillPreview(scope, instead, recent(scope, here), engaged);
    }

    static KillReceipt.Recent recent(Scope scope, List<ModelGate<?, ?>> here) {
        return here.stream()
                .map(gate -> gate.invoker().recent(scope))
                .reduce(new KillReceipt.Recent(0, 0, 0), KillReceipt.Recent::plus);
    }

    private static <I, O> Instead instead(Scope scope, ModelGate<I, O> gate) {
        List<String> answers = new ArrayList<>();
        String stable =
                scope.version() == null ? null : gate.describe().stable().orElse(null);
        if (scope.version() != null && !scope.version().equals(stable)) {
            if (stable != null && gate.version(stable).live()) {
                answers.add(Outcome.STABLE);
            }
            answers.addAll(gate.rungs());
            return new Instead(gate.name(), answers, false);
        }
        Fallback<I, O> ladder = gate.fallback();
        Optional<Fallback.Rescue<O>> constant =
                ladder == null || scope.version() != null ? Optional.empty() : ladder.constant(Cause.KILLED);
        return constant.map(rescue -> new Instead(gate.name(), List.of(rescue.rung()), true))
                .orElseGet(() -> new Instead(gate.name(), gate.rungs(), false));
    }
}
