package io.modelgate.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelgate.Actor;
import io.modelgate.Gates;
import io.modelgate.GatesBuilder;
import io.modelgate.Scope;
import io.modelgate.control.ControlLog;
import io.modelgate.control.ControlLogException;
import io.modelgate.control.Decision;
import io.modelgate.control.Entry;
import io.modelgate.control.Head;
import io.modelgate.control.MemoryControlLog;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GateHealthTest {

    private Gates gates;

    private GateHealth.State state(Consumer<GatesBuilder> configure) {
        gates = Gates.open(configure);
        gates.gate("credit-risk", g -> g.stable("v1", input -> input));
        return new GateHealth(gates).state();
    }

    @AfterEach
    void close() {
        if (gates != null) {
            gates.close();
        }
    }

    @Test
    void withoutAnyKillItIsUp() {
        GateHealth.State state = state(g -> {});

        assertThat(state.status()).isEqualTo(GateHealth.Status.UP);
        assertThat(state.details()).containsEntry("gates", 1).containsEntry("killed", List.of());
    }

    @Test
    void aKillIsNotDown() {
        state(g -> {});
        gates.gate("credit-risk").kill(Actor.of("alice"), "approval rate fell");
        gates.kill(Scope.fleet(), Actor.of("alice"), "all off");

        GateHealth.State state = new GateHealth(gates).state();

        assertThat(state.status()).isEqualTo(GateHealth.Status.UP);
        assertThat(state.details()).containsEntry("killed", List.of("*", "credit-risk"));
    }

    @Test
    void aPersonWhoNamesAKillAsTheProcessDoesTakesNothingDown() {
        state(g -> {});
        gates.kill(Scope.fleet(), new Actor("modelgate", "automation"), "all off");

        assertThat(new GateHealth(gates).state().status()).isEqualTo(GateHealth.Status.UP);
    }

    @Test
    void aLogThatRefusedToOpenIsDown() {
        GateHealth.State state = state(g -> g.controlLog(() -> {
                    throw new ControlLogException("line 7 is damaged");
                })
                .startKilledIfLogRefuses());

        assertThat(state.status()).isEqualTo(GateHealth.Status.DOWN);
        assertThat(state.details().get("problem")).asString().contains("line 7 is damaged");
    }

    @Test
    void aLogOfWhichNothingIsKnownIsOutOfServiceUntilItIs() {
        RemoteLog log = new RemoteLog();
        log.known = false;

        GateHealth.State state = state(g -> g.controlLog(log).scheduler((task, delay) -> log.round = task));
        assertThat(state.status()).isEqualTo(GateHealth.Status.OUT_OF_SERVICE);

        log.known = true;
        log.round.run();
        assertThat(new GateHealth(gates).state().status()).isEqualTo(GateHealth.Status.UP);
    }

    @Test
    void aLogThatIsStaleBeyondTheLimitKeepsItsTraffic() {
        RemoteLog log = new RemoteLog();
        log.staleness = Duration.ofMinutes(6);

        GateHealth.State state = state(g -> g.controlLog(log).killWhenStale(Duration.ofMinutes(5)));

        assertThat(state.status()).isEqualTo(GateHealth.Status.UNKNOWN);
        assertThat(state.details()).containsEntry("staleness", "PT6M").containsEntry("killed", List.of("*"));
    }

    @Test
    void aLogThatIsStaleWithinTheLimitIsUpAndSaysSo() {
        RemoteLog log = new RemoteLog();
        log.staleness = Duration.ofMinutes(4);

        GateHealth.State state = state(g -> g.controlLog(log).killWhenStale(Duration.ofMinutes(5)));

        assertThat(state.status()).isEqualTo(GateHealth.Status.UP);
        assertThat(state.details()).containsEntry("staleness", "PT4M");
    }

    @Test
    void gatesThatNobodyCanKillAnyMoreAreDown() {
        state(g -> {});
        gates.close();

        assertThat(new GateHealth(gates).state().status()).isEqualTo(GateHealth.Status.DOWN);
    }

    /** A log whose store is somewhere else. */
    private static final class RemoteLog implements ControlLog {

        private final MemoryControlLog entries = new MemoryControlLog();
        private volatile boolean known = true;
        private volatile Duration staleness = Duration.ZERO;
        private volatile Runnable round = () -> {};

        @Override
        public List<Entry> append(List<Decision> decisions) {
            return entries.append(decisions);
        }

        @Override
        public Optional<Entry> appendIf(long expectedSeq, Decision decision) {
            return entries.appendIf(expectedSeq, decision);
        }

        @Override
        public List<Entry> read(long after, int limit) {
            return entries.read(after, limit);
        }

        @Override
        public Subscription follow(long after, Consumer<List<Entry>> follower) {
            return entries.follow(after, follower);
        }

        @Override
        public Head head() {
            return entries.head();
        }

        @Override
        public byte[] identitySecret() {
            return entries.identitySecret();
        }

        @Override
        public boolean known() {
            return known;
        }

        @Override
        public Duration staleness() {
            return staleness;
        }

        @Override
        public void close() {
            entries.close();
        }
    }
}
