package io.modelgate;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A decision that no log will ever take, on its way before others. */
@Timeout(60)
class RefusedForGoodTest {

    @Test
    void itHoldsUpNoKill() {
        ScriptedLog log = new ScriptedLog();
        log.refuse(EntryTypes.DECLARE);
        try (Gates gates = Gates.open(g -> g.controlLog(log))) {
            ModelGate<String, String> gate = gates.gate("credit", g -> g.stable("v1", input -> input));
            KillReceipt kill = gate.kill(Actor.of("alice"), "approval rate fell");
            assertThat(kill.stored(Duration.ofSeconds(30))).isTrue();
        }
    }
}
