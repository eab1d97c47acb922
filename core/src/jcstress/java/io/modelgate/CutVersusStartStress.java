package io.modelgate;

import java.util.concurrent.CompletableFuture;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.Z_Result;

/** A kill that cuts ends every call on its scope: none slips through between its mark and its model. */
@JCStressTest
@Outcome(id = "true", expect = Expect.ACCEPTABLE, desc = "The call saw the kill, or the kill cut it.")
@Outcome(id = "false", expect = Expect.FORBIDDEN, desc = "A call goes on although the kill has returned.")
@State
public class CutVersusStartStress {

    private final ModelGate<String, String> gate = Gates.open(
                    g -> g.ticker(() -> 0).executor(Runnable::run).ladderExecutor(Runnable::run))
            .gate(
                    "stress",
                    g -> g.asyncStable("v1", (input, call) -> new CompletableFuture<>(), v -> {})
                            .cutInFlightOnKill());

    @Actor
    public void call(Z_Result r) {
        CompletableFuture<io.modelgate.Outcome<String>> call = gate.decideAsync("x", Caller.anonymous());
        call.completeOnTimeout(
                new io.modelgate.Outcome.Refused<>(Cause.NO_TIME_LEFT, null, null),
                1,
                java.util.concurrent.TimeUnit.SECONDS);
        r.r1 = !call.join().cause().equals(java.util.Optional.of(Cause.NO_TIME_LEFT));
    }

    @Actor
    public void kill() {
        gate.kill(io.modelgate.Actor.of("stress"), "");
    }
}
