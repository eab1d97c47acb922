package io.modelgate;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/** A call sees the kill, or the kill sees the call in flight: never neither. */
@JCStressTest
@Outcome(id = "true, true", expect = Expect.ACCEPTABLE, desc = "The call started first and the kill counts it.")
@Outcome(id = "false, false", expect = Expect.ACCEPTABLE, desc = "The call saw the kill.")
@Outcome(
        id = "false, true",
        expect = Expect.ACCEPTABLE,
        desc = "The call saw the kill, which saw its mark before it was taken back.")
@Outcome(id = "true, false", expect = Expect.FORBIDDEN, desc = "A call that the kill does not know of runs.")
@State
public class KillVersusStartStress {

    private final ModelGate<String, String> gate = StressGates.gate(1);

    @Actor
    public void call(ZZ_Result r) {
        r.r1 = gate.enter(Caller.anonymous()).granted(); // stays in flight
    }

    @Actor
    public void kill(ZZ_Result r) {
        r.r2 = gate.kill(io.modelgate.Actor.of("stress"), "").inFlight() > 0;
    }
}
