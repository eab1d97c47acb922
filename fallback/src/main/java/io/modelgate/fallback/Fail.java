package io.modelgate.fallback;

import io.modelgate.Cause;
import io.modelgate.Fallback.Rescue;
import io.modelgate.Fallen;
import java.util.Optional;
import java.util.Set;

/** Ends in hard failure. */
record Fail<I, O>(Set<Cause> causes) implements Rung<I, O> {

    static final String NAME = "fail";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Optional<Rescue<O>> answer(Fallen<I, O> call) {
        return Optional.empty();
    }

    @Override
    public boolean ends() {
        return true;
    }
}
