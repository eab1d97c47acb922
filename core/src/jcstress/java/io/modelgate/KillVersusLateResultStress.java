package io.modelgate;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZJ_Result;

/** Late results, which open and close the breaker, never release a kill, and leave nothing in flight. */
@JCStressTest
@Outcome(id = "false, 0", expect = Expect.ACCEPTABLE, desc = "Killed, and nothing in flight.")
@Outcome(expect = Expect.FORBIDDEN, desc = "A late result released the kill or leaked a mark.")
@State
public class KillVersusLateResultStress {

    private final ModelGate<String, String> gate = StressGates.gate(2);
    private final Permit<String, String> failing = gate.enter(Caller.anonymous());
    private final Permit<String, String> succeeding = gate.enter(Caller.anonymous());

    @Actor
    public void lateFailure() {
        failing.failure(new IllegalStateException("late"));
    }

    @Actor
    public void lateSuccess() {
        succeeding.success("late");
    }

    @Actor
    public void kill() {
        gate.version("v1").kill(io.modelgate.Actor.of("stress"), "");
    }

    @Arbiter
    public void after(ZJ_Result r) {
        r.r1 = gate.version("v1").live();
        r.r2 = gate.version("v1").inFlight();
    }
}
