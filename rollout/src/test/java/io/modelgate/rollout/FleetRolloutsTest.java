package io.modelgate.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.modelgate.Gates;
import io.modelgate.ModelGate;
import io.modelgate.control.ControlLogException;
import io.modelgate.control.Decision;
import io.modelgate.control.Entry;
import io.modelgate.control.MemoryControlLog;
import io.modelgate.testkit.ForwardingControlLog;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What one process reads of the rollouts of all. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FleetRolloutsTest {

    /** A log whose second entry may be read as one that does not continue the first. */
    private static final class Torn extends ForwardingControlLog {
        volatile boolean torn;
        final AtomicInteger reads = new AtomicInteger();

        Torn() {
            super(new MemoryControlLog());
        }

        @Override
        public List<Entry> read(long after, int limit) {
            reads.incrementAndGet();
            List<Entry> read = new ArrayList<>(super.read(after, limit));
            read.replaceAll(each -> torn && each.seq() == 2
                    ? new Entry(each.seq(), each.decision(), "0".repeat(63) + "1", each.hash())
                    : each);
            return read;
        }
    }

    private static ModelGate<String, String> gate(Gates gates) {
        return gates.gate(
                "ranker",
                g -> g.stable("v1", input -> "v1").version("v8", input -> "v8").router(Cohorts.router()));
    }

    @Test
    void aLogWhoseEntriesDoNotHangTogetherIsReadAgainOnceAndThenReported() {
        Torn log = new Torn();
        try (Gates gates = Gates.open(g -> g.controlLog(log).eventExecutor(Runnable::run))) {
            gate(gates);
            gates.append(gates.decision("a", "drill", "ranker", Rig.ALICE, "", Map.of()));
            FleetRollouts fleet = new FleetRollouts(gates);
            log.torn = true;
            int before = log.reads.get();
            assertThatExceptionOfType(ControlLogException.class)
                    .isThrownBy(fleet::now)
                    .withMessageContaining("entry #2 does not continue #1");
            assertThat(log.reads.get() - before).isLessThan(5);
            log.torn = false;
            assertThat(fleet.now()).containsKey("ranker");
        }
    }

    /** A log on a server may lose its last entries and go on with others. */
    @Test
    void whatTheLogHasLostIsKnownNoMore() {
        MemoryControlLog first = new MemoryControlLog();
        MemoryControlLog second = new MemoryControlLog();
        boolean[] replaced = {false};
        ForwardingControlLog log = new ForwardingControlLog(first) {
            @Override
            public List<Entry> read(long after, int limit) {
                return replaced[0] ? second.read(after, limit) : super.read(after, limit);
            }
        };
        try (Gates gates = Gates.open(g -> g.controlLog(log).eventExecutor(Runnable::run))) {
            ModelGate<String, String> gate = gate(gates);
            Rollout.start(gate, "v8", r -> r.weight(Weight.percent(1)), Rig.ALICE, "");
            FleetRollouts fleet = new FleetRollouts(gates);
            assertThat(running(fleet)).isTrue();
            List<Decision> others = new ArrayList<>();
            for (Entry entry : first.read(0, 100)) {
                others.add(
                        entry.type().equals(EntryTypes.ROLLOUT)
                                ? gates.decision("other", "drill", "ranker", Rig.ALICE, "", Map.of())
                                : entry.decision());
            }
            second.append(others);
            replaced[0] = true;
            assertThat(running(fleet)).isFalse();
        }
    }

    private static boolean running(FleetRollouts fleet) {
        FleetRollouts.OfGate there = fleet.now().get("ranker");
        return there != null && there.routing().running() != null;
    }
}
