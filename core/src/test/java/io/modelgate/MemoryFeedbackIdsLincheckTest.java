package io.modelgate;

import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.junit.jupiter.api.Test;

/**
 * Two threads give ids to a memory of two: every interleaving gives the answers of some order of whole operations, so an id is new to one of
 * those who give it at once, and what makes room is the eldest.
 */
@Param(name = "id", gen = IntGen.class, conf = "1:3")
public class MemoryFeedbackIdsLincheckTest {

    private static final Instant NOW = Instant.EPOCH;
    private static final Instant EXPIRES = NOW.plusSeconds(60);

    private final MemoryFeedbackIds ids = new MemoryFeedbackIds(2, () -> 0);

    @Operation
    public boolean first(@Param(name = "id") int id) {
        return ids.first(Integer.toString(id), NOW, EXPIRES);
    }

    @Test
    void ofThoseWhoGiveAnIdAtOnceOneIsFirst() {
        new ModelCheckingOptions()
                .threads(2)
                .actorsBefore(1)
                .actorsPerThread(2)
                .actorsAfter(1)
                .sequentialSpecification(Latest.class)
                .iterations(20)
                .invocationsPerIteration(200)
                .check(MemoryFeedbackIdsLincheckTest.class);
    }

    /** The latest two, for one thread. */
    public static final class Latest {
        private final Set<Integer> latest = new LinkedHashSet<>();

        public boolean first(int id) {
            boolean isFirst = latest.add(id);
            if (latest.size() > 2) {
                latest.remove(latest.iterator().next());
            }
            return isFirst;
        }
    }
}
