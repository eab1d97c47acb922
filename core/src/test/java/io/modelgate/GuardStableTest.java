package io.modelgate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which implementation is stable may be said by its id, wherever it stands among the others. */
class GuardStableTest {

    private final Gates gates = Gates.open(g -> {});

    @AfterEach
    void close() {
        gates.close();
    }

    interface Credit {
        @Gated("decide")
        String decide(String applicant);

        @Gated("score")
        String score(String applicant);

        String describe();
    }

    static class Named implements Credit {
        private final String name;

        Named(String name) {
            this.name = name;
        }

        @Override
        public String decide(String applicant) {
            return name;
        }

        @Override
        public String score(String applicant) {
            return name;
        }

        @Override
        public String describe() {
            return name;
        }
    }

    @Version("v1")
    static final class First extends Named {
        First() {
            super("v1");
        }
    }

    @Version("v2")
    static final class Second extends Named {
        Second() {
            super("v2");
        }
    }

    @Test
    void withoutAWordItIsTheFirst() {
        assertThat(gates.guard(Credit.class, new Second(), new First()).decide("x"))
                .isEqualTo("v2");
    }

    @Test
    void itIsTheOneOfThatIdForAllGatesAndForMethodsWithoutOne() {
        Credit credit = gates.guard(Credit.class, g -> g.stable("v1"), new Second(), new First());

        assertThat(credit.decide("x")).isEqualTo("v1");
        assertThat(credit.score("x")).isEqualTo("v1");
        assertThat(credit.describe()).isEqualTo("v1");
        assertThat(gates.gate("score").describe().stable()).contains("v1");
        assertThat(gates.gate("score").describe().versions()).containsExactlyInAnyOrder("v1", "v2");
    }

    @Test
    void theLastOneSaidCounts() {
        assertThat(gates.guard(Credit.class, g -> g.stable("v9").stable("v1"), new Second(), new First())
                        .decide("x"))
                .isEqualTo("v1");
    }

    @Test
    void oneGateMayHaveAnother() {
        Credit credit = gates.guard(
                Credit.class, g -> g.stable("v1").gate("score", gate -> gate.stable("v2")), new Second(), new First());

        assertThat(credit.decide("x")).isEqualTo("v1");
        assertThat(credit.score("x")).isEqualTo("v2");
        assertThat(credit.describe()).isEqualTo("v1");
    }

    @Test
    void theIdOfNoImplementationIsAMistake() {
        assertThatThrownBy(() -> gates.guard(Credit.class, g -> g.stable("v3"), new Second(), new First()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1 mistake")
                .hasMessageContaining("stable: is \"v3\", and no implementation is that version; there are [v2, v1]");
        assertThat(gates.gates()).isEmpty();
    }

    @Test
    void theIdOfAnImplementationThatIsAMistakeItselfIsNotOneMore() {
        @Version("v3")
        class Foreign {}

        assertThatThrownBy(() -> gates.guard(Credit.class, g -> g.stable("v3"), new First(), new Foreign()))
                .hasMessageContaining("1 mistake")
                .hasMessageContaining("Foreign: does not implement");
    }

    @Test
    void theIdOfNoVersionOfOneGateIsAMistakeOfThatGate() {
        assertThatThrownBy(() ->
                        gates.guard(Credit.class, g -> g.gate("score", gate -> gate.stable("v3")), new First()))
                .hasMessageContaining("1 mistake")
                .hasMessageContaining("gate \"score\": stable is \"v3\", but it has no such version; it has [v1]");
    }
}
