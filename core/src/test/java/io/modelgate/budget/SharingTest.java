package io.modelgate.budget;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How a shared ceiling is declared, and what is refused of it at the start. */
class SharingTest {

    private static final Budget CEILING = Budget.tokens("shared", 1_000, Per.gate());

    private final MemoryFleet fleet = new MemoryFleet(() -> 0);

    private static BudgetLedger open(Consumer<BudgetsBuilder> settings, UnaryOperator<String> keyedHash) {
        return BudgetLedger.open(settings, () -> 0, () -> Instant.EPOCH, keyedHash, event -> {});
    }

    @Test
    void mistakesAreRefusedAtTheStartWithTheirFix() {
        BudgetLedger without = open(b -> {}, key -> key);
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        without.gate("gate", List.of(CEILING.shared(Sharing.strict())), List.of(), Map.of("v1", "v1")))
                .withMessageContainingAll("shared", "b.fleet(");
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        CEILING.within(Window.rolling(Duration.ofHours(1))).shared(Sharing.strict()))
                .withMessageContaining("Window.day");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CEILING.shared(Sharing.strict()).within(Window.rolling(Duration.ofHours(1))))
                .withMessageContaining("Window.day");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CEILING.shared(Sharing.leased(1_001, WhenUnreachable.REFUSE)))
                .withMessageContaining("1000");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Budget.money("m", Money.of("1", "USD"), Per.gate())
                        .shared(Sharing.leased(10, WhenUnreachable.REFUSE)))
                .withMessageContainingAll("USD", "Money");
        assertThatIllegalArgumentException().isThrownBy(() -> Sharing.leased(0, WhenUnreachable.REFUSE));
    }

    @Test
    void processesUnderAnotherSecretAreRefusedAtTheStart() {
        open(b -> b.fleet(fleet.process()), key -> "h" + key).own();
        BudgetLedger other = open(b -> b.fleet(fleet.process()), key -> "x" + key);

        assertThatThrownBy(other::own).isInstanceOf(IllegalStateException.class).hasMessageContaining("secret");
    }

    /** Remembers that it was closed. */
    private static final class Closing implements FleetLedger {
        private boolean closed;

        @Override
        public void own(String mark) {}

        @Override
        public List<Lease> exchange(List<Holding> holdings) {
            return List.of();
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    @Test
    void aFleetsLedgerIsClosedWhereTheBudgetsDoNotOpen(@TempDir Path directory) {
        Closing own = new Closing();
        Path nowhere = directory.resolve("none").resolve("ledger");
        assertThatThrownBy(() -> open(b -> b.fleet(own).ledger(nowhere), key -> key))
                .isInstanceOf(UncheckedIOException.class);
        assertThat(own.closed).isTrue();

        Closing another = new Closing();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> open(b -> b.fleet(another).maxAccounts(0), key -> key));
        assertThat(another.closed).isTrue();
    }

    @Test
    void aSecondLedgerOfTheFleetIsRefusedAndBothAreClosed() {
        Closing first = new Closing();
        Closing second = new Closing();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> open(b -> b.fleet(first).fleet(second), key -> key))
                .withMessageContaining("fleet is given twice");
        assertThat(first.closed).isTrue();
        assertThat(second.closed).isTrue();
    }

    @Test
    void theConfigurationStatesItsBound() {
        assertThat(CEILING.shared(Sharing.leased(100, WhenUnreachable.REFUSE)).text())
                .isEqualTo("1000 tokens per gate, for life, shared by the fleet, at most 100 tokens above it for each"
                        + " process lost");
        assertThat(Sharing.leased(100, WhenUnreachable.REFUSE).overshoot(3)).isEqualTo(300);
        assertThat(Sharing.strict().overshoot(3)).isZero();
    }
}
