package io.modelgate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Type variables, overrides and bridges are read as the source reads. */
class GuardGenericsTest {

    private final Gates gates = Gates.open(g -> {});

    @AfterEach
    void close() {
        gates.close();
    }

    record Applicant(String name) {}

    record Decision(String text) {}

    interface Scorer<I, O> {
        @Gated(value = "score", fallback = "safe")
        O score(I input, @CallerKey String user);

        @Gated("all")
        Optional<O> all(List<? extends I> inputs);
    }

    interface CreditScorer extends Scorer<Applicant, Decision> {
        default Decision safe(Applicant applicant, String user, Cause cause) {
            return new Decision("safe " + applicant.name() + " " + cause);
        }
    }

    @Version("v1")
    static class Forest implements CreditScorer {
        @Override
        public Decision score(Applicant applicant, String user) {
            if (applicant.name().isEmpty()) {
                throw new IllegalStateException("no name");
            }
            return new Decision("scored " + applicant.name() + " for " + user);
        }

        @Override
        public Optional<Decision> all(List<? extends Applicant> inputs) {
            return Optional.of(new Decision("all " + inputs.size()));
        }
    }

    @Test
    void inheritedMethodWithTypeVariablesIsGated() {
        CreditScorer scorer = gates.guard(CreditScorer.class, new Forest());
        Scorer<Applicant, Decision> general = scorer;

        assertThat(scorer.score(new Applicant("ann"), "u").text()).isEqualTo("scored ann for u");
        assertThat(scorer.score(new Applicant(""), "u").text()).isEqualTo("safe  ERROR");
        assertThat(general.score(new Applicant(""), "u").text()).isEqualTo("safe  ERROR");
        assertThat(scorer.all(List.of(new Applicant("ann")))).contains(new Decision("all 1"));
    }

    @Test
    void answersHaveTheTypeThatTheVariableStandsFor() {
        assertThatThrownBy(() ->
                        gates.guard(CreditScorer.class, g -> g.gate("all", String.class, gate -> {}), new Forest()))
                .hasMessageContaining("its gate is configured for answers of String; they are Decision");
    }

    interface Narrow extends Scorer<Applicant, Decision> {
        @Override
        Decision score(Applicant applicant, String user);

        static Decision safe(Applicant applicant, String user) {
            return new Decision("static");
        }
    }

    @Version("v1")
    static final class NarrowForest extends Forest implements Narrow {}

    @Test
    void overrideKeepsTheGateAndTheBridgeLeadsToIt() {
        Narrow narrow = gates.guard(Narrow.class, new NarrowForest());
        Scorer<Applicant, Decision> general = narrow;

        assertThat(narrow.score(new Applicant(""), "u").text()).isEqualTo("static");
        assertThat(general.score(new Applicant(""), "u").text()).isEqualTo("static");
        assertThat(gates.gate("score").stats()).isNotNull();
    }

    interface Base {
        @Gated("covariant")
        Object ask(String input);
    }

    interface Covariant extends Base {
        @Override
        String ask(String input);
    }

    @Version("v1")
    static final class Answering implements Covariant {
        @Override
        public String ask(String input) {
            return input;
        }
    }

    @Test
    void covariantOverrideIsOneMethod() {
        Covariant covariant = gates.guard(
                Covariant.class,
                g -> g.gate("covariant", String.class, gate -> gate.fallback(Rungs.constant("safe"))),
                new Answering());
        Base base = covariant;
        gates.kill(Scope.gate("covariant"), Actor.of("alice"), "bad");

        assertThat(covariant.ask("x")).isEqualTo("safe");
        assertThat(base.ask("x")).isEqualTo("safe");
    }

    interface Renamed extends Base {
        @Override
        @Gated("other")
        Object ask(String input);
    }

    @Version("v1")
    record RenamedV1() implements Renamed {
        @Override
        public Object ask(String input) {
            return input;
        }
    }

    @Test
    void overrideWithAnotherGateIsAMistake() {
        assertThatThrownBy(() -> gates.guard(Renamed.class, new RenamedV1()))
                .hasMessageContaining("1 mistake")
                .hasMessageContaining("Renamed.ask(String): it is declared with different gates");
    }

    interface Generic<T extends Comparable<T>> {
        @Gated(value = "generic", fallback = "first")
        T best(List<T> inputs);

        static <T extends Comparable<T>> T first(List<T> inputs) {
            return inputs.get(0);
        }
    }

    @Version("v1")
    static final class Best implements Generic<String> {
        @Override
        public String best(List<String> inputs) {
            throw new IllegalStateException();
        }
    }

    @Test
    @SuppressWarnings("unchecked")
    void interfaceGuardedWithItsVariablesOpenIsReadByTheirBounds() {
        Generic<String> generic = gates.guard(Generic.class, new Best());

        assertThat(generic.best(List.of("a", "b"))).isEqualTo("a");
    }

    interface Left {
        @Gated("diamond")
        String ask(String input);
    }

    interface Right {
        String ask(String input);
    }

    interface Diamond extends Right, Left {}

    @Version("v1")
    record DiamondV1() implements Diamond {
        @Override
        public String ask(String input) {
            return input;
        }
    }

    @Test
    void methodOfTwoInterfacesIsGatedIfEitherSaysSo() {
        Diamond diamond = gates.guard(Diamond.class, new DiamondV1());
        Right right = diamond;
        gates.kill(Scope.gate("diamond"), Actor.of("alice"), "bad");

        assertThatThrownBy(() -> right.ask("x")).isInstanceOf(GateException.class);
    }

    interface Many {
        @Gated("many")
        String ask(String first, Object... more);
    }

    @Version("v1")
    record ManyV1() implements Many {
        @Override
        public String ask(String first, Object... more) {
            return first + more.length;
        }
    }

    @Test
    void variableArgumentsArriveAsTheyWereGiven() {
        assertThat(gates.guard(Many.class, new ManyV1()).ask("x", 1, 2)).isEqualTo("x2");
    }
}
