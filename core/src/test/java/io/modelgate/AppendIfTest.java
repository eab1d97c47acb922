package io.modelgate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.modelgate.control.ControlLogException;
import io.modelgate.control.Decision;
import io.modelgate.control.Entry;
import io.modelgate.control.FileControlLog;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Decisions that several processes come to at once, of which one is made. */
class AppendIfTest {

    private static final Actor ALICE = Actor.of("alice");
    private static final Caller CALLER = Caller.of("user-42");
    private static final long PATIENCE = 20_000_000_000L;

    @TempDir
    Path directory;

    private final ScriptedLog memory = new ScriptedLog();

    private Gates open(boolean file) {
        return Gates.open(g -> {
            if (file) {
                g.controlLog(FileControlLog.open(directory.resolve("modelgate.log")));
            } else {
                g.controlLog(memory);
            }
        });
    }

    private static ModelGate<String, String> gate(Gates gates) {
        ModelGate<String, String> gate =
                gates.gate("credit", g -> g.stable("v1", input -> "v1").version("v2", input -> "v2"));
        await(gates, 1);
        return gate;
    }

    /** Has the log hold the gate's declaration, so that nobody appends another later. */
    private void declared(boolean file) {
        try (Gates gates = open(file)) {
            gate(gates);
        }
    }

    /** Waits for the follower, which has no other way of saying that it is done. */
    private static void await(Gates gates, long seq) {
        long until = Ticker.system().read() + PATIENCE;
        while (gates.applied() < seq && Ticker.system().read() < until) {
            Thread.onSpinWait();
        }
        assertThat(gates.applied()).isGreaterThanOrEqualTo(seq);
    }

    private static Decision promote(Gates gates, String id, String version) {
        return gates.decision(id, EntryTypes.PROMOTE, "credit", ALICE, "good", Map.of("version", version));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void decisionHasTakenEffectWhenItReturns(boolean file) {
        try (Gates gates = open(file)) {
            ModelGate<String, String> gate = gate(gates);
            long seen = gates.applied();

            Optional<Entry> entry = gates.appendIf(seen, promote(gates, "step-1", "v2"));

            assertThat(entry).map(Entry::seq).contains(seen + 1);
            assertThat(gates.applied()).isEqualTo(seen + 1);
            assertThat(gate.call("x", CALLER)).isEqualTo("v2");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void decisionOnAnEarlierStateIsNotMade(boolean file) {
        declared(file);
        try (Gates one = open(file);
                Gates other = open(file)) {
            gate(one);
            gate(other);
            long seen = one.applied();
            assertThat(other.appendIf(seen, promote(other, "step-1", "v2"))).isPresent();

            assertThat(one.appendIf(seen, promote(one, "step-2", "v1"))).isEmpty();

            await(one, seen + 1);
            assertThat(one.log().head().seq()).isEqualTo(seen + 1);
            assertThat(one.describe().get(0).stable()).contains("v2");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatThisProcessHasNotSeenIsNotDecidedOn(boolean file) {
        try (Gates gates = open(file)) {
            gate(gates);

            assertThat(gates.appendIf(gates.applied() + 1, promote(gates, "step-1", "v2")))
                    .isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void sameDecisionAgainIsTheEntryThatIsThere(boolean file) {
        try (Gates gates = open(file)) {
            gate(gates);
            long seen = gates.applied();
            Optional<Entry> first = gates.appendIf(seen, promote(gates, "step-1", "v2"));

            assertThat(gates.appendIf(seen, promote(gates, "step-1", "v2")))
                    .map(Entry::seq)
                    .isEqualTo(first.map(Entry::seq));
            assertThat(gates.log().head().seq()).isEqualTo(seen + 1);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void oneOfManyAtOnceIsMade(boolean file) throws Exception {
        int rounds = 20;
        declared(file);
        try (Gates one = open(file);
                Gates other = open(file)) {
            gate(one);
            gate(other);
            ExecutorService threads = Executors.newFixedThreadPool(2);
            try {
                for (int i = 0; i < rounds; i++) {
                    long seen = one.log().head().seq();
                    await(one, seen);
                    await(other, seen);
                    CyclicBarrier start = new CyclicBarrier(2);
                    List<Callable<Optional<Entry>>> both =
                            List.of(decides(one, seen, start, "one-" + i), decides(other, seen, start, "other-" + i));
                    long made = 0;
                    for (Future<Optional<Entry>> result : threads.invokeAll(both)) {
                        made += result.get().stream().count();
                    }
                    assertThat(made).isEqualTo(1);
                    assertThat(one.log().head().seq()).isEqualTo(seen + 1);
                }
            } finally {
                threads.shutdownNow();
            }
        }
    }

    private static Callable<Optional<Entry>> decides(Gates gates, long seen, CyclicBarrier start, String id) {
        return () -> {
            start.await();
            return gates.appendIf(seen, promote(gates, id, "v2"));
        };
    }

    @Test
    void coresOwnDecisionsAreRefused() {
        try (Gates gates = open(false)) {
            gate(gates);
            for (String type : List.of(EntryTypes.KILL, EntryTypes.REVIVE, EntryTypes.DECLARE)) {
                assertThatThrownBy(() -> gates.appendIf(
                                gates.applied(), gates.decision("x", type, "credit", ALICE, "", Map.of())))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining(type);
            }
            assertThatThrownBy(() -> gates.appendIf(
                            gates.applied(), gates.decision("x", "note", "nonesuch", ALICE, "", Map.of())))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("nonesuch");
        }
    }

    @Test
    void closedGatesDecideNothing() {
        Gates gates = open(false);
        gate(gates);
        Decision decision = promote(gates, "step-1", "v2");
        gates.close();

        assertThatThrownBy(() -> gates.appendIf(gates.applied(), decision))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
    }

    @Test
    void logThatFailsSaysSo() {
        try (Gates gates = open(false)) {
            gate(gates);
            memory.fail(true);

            assertThatThrownBy(() -> gates.appendIf(gates.applied(), promote(gates, "step-1", "v2")))
                    .isInstanceOf(ControlLogException.class);
        }
    }
}
