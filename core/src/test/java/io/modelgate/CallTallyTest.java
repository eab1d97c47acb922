package io.modelgate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class CallTallyTest {

    /** Count, sum and squares are three additions. The reader may lose its processor between them, and thousands of values come meanwhile. */
    @Test
    void whatIsReadOfAMetricMeanwhileIsOffByTheValueThatIsBeingCountedAtMost() throws Exception {
        CallTally tally = new CallTally(1);
        AtomicBoolean over = new AtomicBoolean();
        Thread counting = new Thread(() -> {
            while (!over.get()) {
                tally.value(0, 1, 1);
                for (int i = 0; i < 50; i++) {
                    Thread.onSpinWait(); // as there is a call between two values
                }
            }
        });
        // While it is interpreted, a reader is slower than who counts.
        for (int i = 0; i < 50_000; i++) {
            assertThat(tally.counts().values(0).count()).isZero();
        }
        counting.start();
        try {
            for (int i = 0; i < 300_000; i++) {
                Values read = tally.counts().values(0);
                assertThat(Math.abs(read.count() - read.sum())).as("%s", read).isLessThanOrEqualTo(1);
                assertThat(Math.abs(read.sum() - read.squares())).as("%s", read).isLessThanOrEqualTo(1);
            }
        } finally {
            over.set(true);
            counting.join();
        }
        Values all = tally.counts().values(0);
        assertThat(all).isEqualTo(new Values(all.count(), all.sum(), all.sum()));
        assertThat(all.sum()).isEqualTo((double) all.count());
    }
}
