package io.modelgate;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelgate.control.Decision;
import io.modelgate.control.MemoryControlLog;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A kill that another program wrote into the log, and not as we would have written it. */
class MalformedKillTest {

    private final MemoryControlLog log = new MemoryControlLog();

    private void append(String gate, String actor, Map<String, Object> data) {
        log.append(List.of(new Decision(
                "k-" + (gate + data).hashCode(), Instant.EPOCH, "kill", false, gate, actor, "x\n", "bad\n", data)));
    }

    private Gates open() {
        Gates gates = Gates.open(g -> g.controlLog(log));
        gates.<String, String>gate("credit", g -> g.stable("v1", x -> x).version("v2", x -> x));
        return gates;
    }

    @Test
    void scopeThatMakesNoSenseTurnsOffTheGateAtLeast() {
        append("credit", "al\nice\u001b[2J", Map.of("version", "v 2"));
        try (Gates gates = open()) {
            assertThat(gates.kills()).singleElement().satisfies(kill -> {
                assertThat(kill.scope()).isEqualTo(Scope.gate("credit"));
                assertThat(kill.actor().name()).isEqualTo("al\\u000aice\\u001b[2J");
            });
        }
    }

    @Test
    void fleetWithAVersionTurnsOffTheFleet() {
        append("*", "alice", Map.of("version", "v2"));
        append("*", "a".repeat(300), Map.of("attribute", "region", "version", "v1"));
        try (Gates gates = open()) {
            assertThat(gates.kills()).extracting(Kill::scope).containsExactly(Scope.fleet(), Scope.fleet());
        }
    }

    @Test
    void killThatComesWhileItRunsTakesEffectToo() {
        try (Gates gates = open()) {
            append("credit", "alice", Map.of("attribute", "region"));
            append("_no-gate", "alice", Map.of());
            append("*", "\n", Map.of());
            assertThat(gates.kills())
                    .extracting(Kill::scope)
                    .containsExactlyInAnyOrder(Scope.gate("credit"), Scope.fleet());
        }
    }
}
