package io.modelgate.fallback;

import io.modelgate.Caller;
import io.modelgate.Cause;
import io.modelgate.Fallback.Rescue;
import io.modelgate.Fallen;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** A fallen call made by hand: version v1 stands behind it and v2 failed, unless a test says otherwise. */
class FallenCall implements Fallen<String, String> {

    String input = "a";
    Caller caller = Caller.of("user-1");
    Cause cause = Cause.ERROR;
    Optional<String> routed = Optional.of("v2");
    Duration timeLeft = Duration.ofMillis(50);
    Optional<Rescue<String>> previous = Optional.empty();
    int askedPrevious;
    final Set<String> mayNotServe = new HashSet<>();

    static FallenCall on(Cause cause) {
        FallenCall call = new FallenCall();
        call.cause = cause;
        return call;
    }

    static FallenCall of(String input) {
        FallenCall call = new FallenCall();
        call.input = input;
        return call;
    }

    FallenCall previous(String answer) {
        previous = Optional.of(new Rescue<>("previousVersion", answer, "v1"));
        return this;
    }

    FallenCall timeLeft(Duration left) {
        timeLeft = left;
        return this;
    }

    FallenCall mayNotServe(String version) {
        mayNotServe.add(version);
        return this;
    }

    @Override
    public String input() {
        return input;
    }

    @Override
    public Caller caller() {
        return caller;
    }

    @Override
    public Cause cause() {
        return cause;
    }

    @Override
    public Optional<Throwable> error() {
        return Optional.empty();
    }

    @Override
    public Optional<String> routed() {
        return routed;
    }

    @Override
    public Duration timeLeft() {
        return timeLeft;
    }

    @Override
    public Optional<Rescue<String>> previousVersion(String rung) {
        askedPrevious++;
        return previous.map(r -> new Rescue<>(rung, r.answer(), r.version()));
    }

    @Override
    public boolean mayServe(String version) {
        return !mayNotServe.contains(version);
    }
}
