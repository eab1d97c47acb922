package io.modelgate;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.JJ_Result;

/** However calls, failures and a kill interleave, every permit and every mark is given back. */
@JCStressTest
@Outcome(id = "0, 0", expect = Expect.ACCEPTABLE, desc = "All given back.")
@Outcome(expect = Expect.FORBIDDEN, desc = "A permit or a mark leaked, or was given back twice.")
@State
public class PermitLeakStress {

    private final ModelGate<String, String> gate = StressGates.gate(1);

    @Actor
    public void call() {
        gate.decide("x", Caller.anonymous());
    }

    @Actor
    public void permit() {
        try (Permit<String, String> permit = gate.enter(Caller.anonymous())) {
            if (permit.granted()) {
                permit.failure(new IllegalStateException("stress"));
            }
        }
    }

    @Actor
    public void kill() {
        gate.kill(io.modelgate.Actor.of("stress"), "");
    }

    @Arbiter
    public void after(JJ_Result r) {
        Limits limits = gate.limits();
        r.r1 = limits == null ? -1 : limits.running();
        r.r2 = gate.version("v1").inFlight();
    }
}
