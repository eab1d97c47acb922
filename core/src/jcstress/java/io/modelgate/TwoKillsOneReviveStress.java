package io.modelgate;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IZ_Result;

/** Two kills and a revive that names one: the other stays engaged, whatever the order. */
@JCStressTest
@Outcome(id = "1, false", expect = Expect.ACCEPTABLE, desc = "The other kill is engaged.")
@Outcome(expect = Expect.FORBIDDEN, desc = "The revive released what it did not name.")
@State
public class TwoKillsOneReviveStress {

    private final ModelGate<String, String> gate = StressGates.gate(1);
    private final KillReceipt first = gate.kill(io.modelgate.Actor.of("stress"), "first");

    @Actor
    public void kill() {
        gate.kill(io.modelgate.Actor.of("stress"), "second");
    }

    @Actor
    public void revive() {
        gate.gates().revive(first.id(), io.modelgate.Actor.of("stress"), "");
    }

    @Arbiter
    public void after(IZ_Result r) {
        r.r1 = gate.gates().kills().size();
        r.r2 = gate.live();
    }
}
