package io.modelgate.fallback;

import io.modelgate.Cause;
import io.modelgate.Fallback.Rescue;
import io.modelgate.Fallen;
import java.util.Optional;
import java.util.Set;

/** Asks a rule of the user's. */
record RuleRung<I, O>(String name, Set<Cause> causes, RuleInContext<I, O> rule) implements Rung<I, O> {

    @Override
    public Optional<Rescue<O>> answer(Fallen<I, O> call) throws Exception {
        O answer = rule.apply(call.input(), call);
        return answer == null ? Optional.empty() : Optional.of(new Rescue<>(name, answer, null));
    }
}
