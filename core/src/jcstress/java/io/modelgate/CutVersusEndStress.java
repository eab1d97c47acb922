package io.modelgate;

import java.util.concurrent.CompletableFuture;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LJ_Result;

/** A kill that cuts, the model's end and the caller's cancellation meet: the call lands once, and nothing stays taken. */
@JCStressTest
@Outcome(id = "answered, 0", expect = Expect.ACCEPTABLE, desc = "The model was first.")
@Outcome(id = "CUT, 0", expect = Expect.ACCEPTABLE, desc = "The kill was first.")
@Outcome(id = "cancelled, 0", expect = Expect.ACCEPTABLE, desc = "The caller was first.")
@State
public class CutVersusEndStress {

    private final CompletableFuture<String> backend = new CompletableFuture<>();
    private final ModelGate<String, String> gate = Gates.open(
                    g -> g.ticker(() -> 0).executor(Runnable::run).ladderExecutor(Runnable::run))
            .gate(
                    "stress",
                    g -> g.asyncStable("v1", (input, call) -> backend, v -> {})
                            .maxConcurrent(1)
                            .cutInFlightOnKill());
    private final CompletableFuture<io.modelgate.Outcome<String>> call = gate.decideAsync("x", Caller.anonymous());

    @Actor
    public void end() {
        backend.complete("yes");
    }

    @Actor
    public void kill() {
        gate.kill(io.modelgate.Actor.of("stress"), "");
    }

    @Actor
    public void cancel() {
        call.cancel(true);
    }

    @Arbiter
    public void after(LJ_Result r) {
        r.r1 = call.isCancelled()
                ? "cancelled"
                : call.join().cause().map(Cause::name).orElse("answered");
        Limits limits = gate.limits();
        r.r2 = gate.version("v1").inFlight() + gate.version("v1").overdue() + (limits == null ? -1 : limits.running());
    }
}
