package io.modelgate;

import java.util.ArrayDeque;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * One thread offers to a queue of two while another takes: every interleaving gives the answers of some order of whole operations, so nothing is
 * lost, doubled or taken out of order. Several that offer are {@code OfferVersusTakeStress}: with them a take may find nothing while the
 * oldest slot is claimed and not filled, which no order of whole operations gives, and which the queue allows.
 */
public class OfferQueueLincheckTest {

    private final OfferQueue<Integer> queue = new OfferQueue<>(2);

    @Operation(nonParallelGroup = "offering")
    public boolean offer(int element) {
        return queue.offer(element);
    }

    @Operation(nonParallelGroup = "taking")
    public @Nullable Integer poll() {
        return queue.poll();
    }

    @Test
    void whatOneThreadOffersAnotherTakesInOrder() {
        new ModelCheckingOptions()
                .threads(2)
                .actorsBefore(1)
                .actorsPerThread(3)
                .actorsAfter(2)
                .sequentialSpecification(Bounded.class)
                .iterations(20)
                .invocationsPerIteration(300)
                .check(OfferQueueLincheckTest.class);
    }

    /** A queue of two, for one thread. */
    public static final class Bounded {
        private final ArrayDeque<Integer> queue = new ArrayDeque<>();

        public boolean offer(int element) {
            return queue.size() < 2 && queue.add(element);
        }

        public @Nullable Integer poll() {
            return queue.poll();
        }
    }
}
