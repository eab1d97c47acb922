package io.modelgate;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * Two threads offer two elements each to a queue with room for two while one takes: what was accepted is taken, once, and each thread's
 * elements in its order.
 */
@JCStressTest
@Outcome(id = "0, 0", expect = Expect.ACCEPTABLE, desc = "Nothing lost or doubled, and in order.")
@Outcome(expect = Expect.FORBIDDEN, desc = "An element was lost or doubled, or overtook one of its thread.")
@State
public class OfferVersusTakeStress {

    private final OfferQueue<Integer> queue = new OfferQueue<>(2);
    private int acceptedOfOne;
    private int acceptedOfOther;
    private int taken;
    private int mistakes;
    private int lastOfOne;
    private int lastOfOther = 10;

    @Actor
    public void one() {
        acceptedOfOne = (queue.offer(1) ? 1 : 0) + (queue.offer(2) ? 1 : 0);
    }

    @Actor
    public void other() {
        acceptedOfOther = (queue.offer(11) ? 1 : 0) + (queue.offer(12) ? 1 : 0);
    }

    @Actor
    public void takes() {
        take();
        take();
        take();
    }

    private void take() {
        Integer element = queue.poll();
        if (element == null) {
            return;
        }
        taken++;
        if (element < 10) {
            mistakes += element <= lastOfOne ? 1 : 0;
            lastOfOne = element;
        } else {
            mistakes += element <= lastOfOther ? 1 : 0;
            lastOfOther = element;
        }
    }

    @Arbiter
    public void after(II_Result r) {
        for (int i = 0; i < 4; i++) {
            take();
        }
        r.r1 = acceptedOfOne + acceptedOfOther - taken;
        r.r2 = mistakes;
    }
}
