package io.modelgate.fallback;

import io.modelgate.Cause;
import io.modelgate.Fallback.Rescue;
import io.modelgate.Fallen;
import java.util.Optional;
import java.util.Set;

/** Answers with a constant. */
record Degrade<I, O>(String name, Set<Cause> causes, Optional<Rescue<O>> rescue) implements Rung<I, O> {

    static final String NAME = "degrade";

    @Override
    public Optional<Rescue<O>> answer(Fallen<I, O> call) {
        return rescue;
    }

    @Override
    public boolean ends() {
        return true;
    }
}
