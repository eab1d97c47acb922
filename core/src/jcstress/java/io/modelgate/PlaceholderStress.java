package io.modelgate;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/** Shows that jcstress runs; the first real stress test replaces it. */
@JCStressTest
@Outcome(
        id = {"1", "2"},
        expect = Expect.ACCEPTABLE,
        desc = "Either actor reads what it wrote or the other's later write.")
@State
public class PlaceholderStress {
    private volatile int value;

    @Actor
    public void writer() {
        value = 1;
    }

    @Actor
    public void reader(I_Result r) {
        value = 2;
        r.r1 = value;
    }
}
