package io.modelgate.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelgate.Actor;
import io.modelgate.Gates;
import io.modelgate.control.ControlLog;
import io.modelgate.control.Entry;
import io.modelgate.control.MemoryControlLog;
import io.modelgate.testkit.ForwardingControlLog;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The check of the chain, and whoever wants what it gathered. */
@Timeout(60)
class ChainWatchTest {

    private static void append(Gates gates, int notes) {
        gates.log()
                .append(IntStream.range(0, notes)
                        .mapToObj(i -> gates.decision("note-" + i, "note", "*", Actor.of("bob"), "", Map.of()))
                        .toList());
    }

    @Test
    void nobodyWaitsForTheWholeLogToBeChecked() {
        try (Gates gates = Gates.open(g -> {})) {
            append(gates, 2_500);
            ChainWatch chain = new ChainWatch(gates.log(), entry -> {}, () -> {});
            chain.through(2_500, 0);
            assertThat(chain.verifiedSeq()).isZero();

            while (chain.step(0)) {}
            gates.log().append(List.of(gates.decision("last", "note", "*", Actor.of("bob"), "", Map.of())));
            chain.through(2_501, 0);
            assertThat(chain.verifiedSeq()).isEqualTo(2_501);
        }
    }

    @Test
    void nobodyWaitsForALogThatHangs() throws InterruptedException {
        Hanging log = new Hanging(new MemoryControlLog());
        try (Gates gates = Gates.open(g -> g.controlLog(log))) {
            append(gates, 10);
            ChainWatch chain = new ChainWatch(log, entry -> {}, () -> {});
            log.hangs = true;
            Thread keeper = new Thread(() -> chain.step(0));
            keeper.start();
            log.asked.await();

            chain.through(10, 0); // returns

            assertThat(chain.verifiedSeq()).isZero();
            log.goOn.countDown();
            keeper.join();
            assertThat(chain.verifiedSeq()).isEqualTo(10);
        }
    }

    private static final class Hanging extends ForwardingControlLog {
        private final CountDownLatch asked = new CountDownLatch(1);
        private final CountDownLatch goOn = new CountDownLatch(1);
        private volatile boolean hangs;

        Hanging(ControlLog log) {
            super(log);
        }

        @Override
        public List<Entry> read(long after, int limit) {
            if (hangs) {
                asked.countDown();
                try {
                    goOn.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
            return super.read(after, limit);
        }
    }
}
