package io.modelgate.budget;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Lifetime and calendar ceilings survive a restart. */
class RestartTest {

    private static final long CEILING = 64_000;
    private static final Budget LIFE = Budget.tokens("life", CEILING, Per.caller());
    private static final Budget DAY =
            Budget.tokens("day", CEILING, Per.caller()).within(Window.day(ZoneOffset.UTC));

    @TempDir
    Path directory;

    private Path file;

    @BeforeEach
    void name() {
        file = directory.resolve("budgets.ledger");
    }

    private BudgetRig open() {
        return new BudgetRig(b -> b.ledger(file));
    }

    @Test
    void afterACleanCloseTheAmountsAreExact() {
        try (BudgetRig before = open()) {
            rigSpends(before, 12_345);
        }
        try (BudgetRig after = open()) {
            GateBudgets gate = after.gate(LIFE, DAY);
            after.session(gate, "s");
            assertThat(after.balance("life", "caller").spent()).isEqualTo(12_345);
            assertThat(after.balance("day", "caller").spent()).isEqualTo(12_345);
        }
    }

    @Test
    void withoutACloseTheAmountsAreTooHighByALeaseAtMost() throws Exception {
        Path copy = directory.resolve("copy.ledger");
        try (BudgetRig before = open()) {
            rigSpends(before, 12_345);
            Files.copy(file, copy); // what a process that is killed leaves
        }
        try (BudgetRig after = new BudgetRig(b -> b.ledger(copy))) {
            after.session(after.gate(LIFE, DAY), "s");
            assertThat(after.balance("life", "caller").spent()).isBetween(12_345L, 12_345 + CEILING / 64);
            assertThat(after.balance("day", "caller").spent()).isBetween(12_345L, 12_345 + CEILING / 64);
        }
    }

    @Test
    void anOverrunIsNotForgottenInARestart() throws Exception {
        Path copy = directory.resolve("copy.ledger");
        try (BudgetRig before = open()) {
            before.reserve(before.session(before.gate(LIFE), "s"), 10, 0).settle(Usage.of(2 * CEILING, 0), 0);
            Files.copy(file, copy);
        }
        for (Path left : new Path[] {file, copy}) {
            try (BudgetRig after = new BudgetRig(b -> b.ledger(left))) {
                Spender spender = after.session(after.gate(LIFE), "s");
                assertThat(after.balance("life", "caller").spent()).isEqualTo(2 * CEILING);
                assertThat(after.ask(spender, 1, 0)).isInstanceOf(Refusal.class);
            }
        }
    }

    @Test
    void aDayThatIsOverCountsForNothing() {
        try (BudgetRig before = open()) {
            rigSpends(before, 12_345);
        }
        try (BudgetRig after = open()) {
            after.instant = Instant.parse("2026-11-22T12:00:00Z");
            after.session(after.gate(LIFE, DAY), "s");
            assertThat(after.balance("life", "caller").spent()).isEqualTo(12_345);
            assertThat(after.balance("day", "caller").spent()).isZero();
        }
    }

    @Test
    void aCeilingIsNotExceededOverManyRestarts() {
        long spent = 0;
        for (int restart = 0; restart < 10; restart++) {
            try (BudgetRig rig = open()) {
                Spender spender = rig.session(rig.gate(LIFE), "s");
                for (int i = 0; i < 100; i++) {
                    if (rig.ask(spender, 90, 0) instanceof Reservation reservation) {
                        reservation.settle(Usage.of(90, 0), 0);
                        spent += 90;
                    }
                }
            }
        }
        assertThat(spent).isBetween(CEILING - 89, CEILING);
    }

    @Test
    void anIdleSessionIsForgottenInTheLedgerToo() {
        Budget session = Budget.tokens("session", CEILING, Per.session());
        try (BudgetRig before = new BudgetRig(b -> b.ledger(file).sessionIdle(Duration.ofMinutes(1)))) {
            before.spend(before.session(before.gate(session), "s"), 500, 0);
            before.pass(Duration.ofMinutes(2));
            before.expire();
        }
        try (BudgetRig after = open()) {
            after.session(after.gate(session), "s");
            assertThat(after.balance("session", "s").spent()).isZero();
        }
    }

    @Test
    void afterTheCloseADurableCeilingRefusesAndAnotherDoesNot() {
        BudgetRig rig = open();
        Spender durable = rig.session(rig.gate(LIFE), "s");
        Spender rolling = rig.session(
                rig.gate(Budget.tokens("rolling", 100, Per.caller()).within(Window.rolling(Duration.ofHours(1)))), "s");
        Reservation inFlight = rig.reserve(durable, 10, 0);
        rig.close();

        assertThat(rig.refusal(durable, 10, 0).kind()).isEqualTo(RefusalKind.LEDGER_FAILED);
        assertThat(rig.refusal(rig.session(durable.gate, "t"), 10, 0).kind()).isEqualTo(RefusalKind.LEDGER_FAILED);
        inFlight.settle(Usage.of(10, 0), 0);
        rig.spend(rolling, 10, 0);
        try (BudgetRig after = open()) {
            after.session(after.gate(LIFE), "s");
            assertThat(after.balance("life", "caller").spent())
                    .as("as reserved")
                    .isEqualTo(10);
        }
    }

    private static void rigSpends(BudgetRig rig, long tokens) {
        Spender spender = rig.session(rig.gate(LIFE, DAY), "s");
        for (long left = tokens; left > 0; left -= 100) {
            rig.spend(spender, Math.min(100, left), 0);
        }
    }
}
