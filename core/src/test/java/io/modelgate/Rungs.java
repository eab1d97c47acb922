package io.modelgate;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** The smallest ladders: one rung that answers from the call, or one constant. */
record Rungs<I, O>(String name, Function<Fallen<I, O>, Optional<Fallback.Rescue<O>>> rung, Optional<O> whenKilled)
        implements Fallback<I, O> {

    static <I, O> Rungs<I, O> constant(O answer) {
        return new Rungs<>("degrade", call -> Optional.of(new Rescue<>("degrade", answer, null)), Optional.of(answer));
    }

    static <I, O> Rungs<I, O> rule(Function<Fallen<I, O>, O> rule) {
        return new Rungs<>("rule", call -> Optional.of(new Rescue<>("rule", rule.apply(call), null)), Optional.empty());
    }

    static <I, O> Rungs<I, O> previous() {
        return new Rungs<>("previousVersion", call -> call.previousVersion("previousVersion"), Optional.empty());
    }

    @Override
    public List<String> rungs() {
        return List.of(name);
    }

    @Override
    public Optional<Rescue<O>> answer(Fallen<I, O> call) {
        return rung.apply(call);
    }

    @Override
    public Optional<Rescue<O>> constant(Cause cause) {
        return whenKilled.map(answer -> new Rescue<>(name, answer, null));
    }
}
