package io.modelgate.budget;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A session costs at most 250 bytes besides its key. */
class SessionMemoryTest {

    private static final int SESSIONS = 1_000_000;

    @Test
    @Tag("soak")
    void aMillionSessionsCostAtMost250BytesEach() throws Exception {
        BudgetRig rig = new BudgetRig(b -> b.sessionIdle(Duration.ofHours(24)).maxAccounts(2 * SESSIONS));
        GateBudgets gate = rig.gate(Budget.tokens("session", 50_000, Per.session()));
        String[] keys = new String[SESSIONS];
        for (int i = 0; i < SESSIONS; i++) {
            keys[i] = "session-" + i;
        }
        long before = used();
        for (String key : keys) {
            rig.spend(rig.session(gate, key), 10, 10);
        }
        rig.expire();
        rig.expire();
        long each = (used() - before) / SESSIONS;

        System.out.println("bytes per session: " + each);
        assertThat(rig.budgets.sessions()).isEqualTo(SESSIONS);
        assertThat(rig.balance("session", keys[SESSIONS - 1]).spent()).isEqualTo(20);
        assertThat(each).isLessThanOrEqualTo(250).isPositive();
    }

    private static long used() {
        for (int i = 0; i < 4; i++) {
            System.gc();
        }
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }
}
