package io.modelgate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** What is said of every gate comes after what the gate's own code says, and before the gate is built. Time is driven by hand. */
class EachGateTest {

    private static final Caller CALLER = Caller.of("user-42");

    private final HandDrivenTime time = new HandDrivenTime();

    private Gates open(Consumer<GatesBuilder> each) {
        return Gates.open(g -> each.accept(
                g.ticker(time).scheduler(time).executor(Runnable::run).ladderExecutor(Runnable::run)));
    }

    private Gates open(BiConsumer<String, GateBuilder<?, ?>> each) {
        return open(g -> g.eachGate(each));
    }

    private static ModelGate<String, String> silent(Gates gates, Consumer<GateBuilder<String, String>> more) {
        return gates.gate("silent", g -> more.accept(g.asyncStable("v1", (input, call) -> new CompletableFuture<>())));
    }

    @Test
    void valueOfEachGateTakesThePlaceOfTheGatesOwn() {
        try (Gates gates = open((name, gate) -> gate.deadline(Duration.ofMillis(100)))) {
            CompletableFuture<Outcome<String>> call =
                    silent(gates, g -> g.deadline(Duration.ofSeconds(9))).decideAsync("x", CALLER);

            time.advance(Duration.ofMillis(150));

            assertThat(call).isDone();
            assertThat(call.join().cause()).contains(Cause.TIMEOUT);
        }
    }

    record Settings(Map<String, Duration> deadlines) {
        Optional<Duration> deadline(String gate) {
            return Optional.ofNullable(deadlines.get(gate));
        }
    }

    @Test
    void thePageShowsThisVeryCode() throws IOException {
        Settings settings = new Settings(Map.of("silent", Duration.ofMillis(100)));
        // gated.md: each
        Gates gates = Gates.open(
                g -> g.eachGate((name, gate) -> settings.deadline(name).ifPresent(gate::deadline)));
        // gated.md: end
        try (gates) {
            assertThatThrownBy(() -> silent(gates, g -> g.modelTimeout(Duration.ofMillis(100))))
                    .hasMessageContaining("deadline is PT0.1S");
        }
        GatedPage.assertShows(getClass(), "each");
    }

    @Test
    void theLastOneGivenWins() {
        List<String> order = new ArrayList<>();
        try (Gates gates = open(g -> g.eachGate((name, gate) -> {
                    order.add("first " + name);
                    gate.maxConcurrent(1);
                })
                .eachGate((name, gate) -> {
                    order.add("second " + name);
                    gate.maxConcurrent(2);
                }))) {
            ModelGate<String, String> gate = silent(gates, g -> {
                order.add("own");
                g.maxConcurrent(5);
            });

            assertThat(order).containsExactly("own", "first silent", "second silent");
            assertThat(gate.decideAsync("x", CALLER)).isNotDone();
            assertThat(gate.decideAsync("x", CALLER)).isNotDone();
            assertThat(gate.decideAsync("x", CALLER).join().cause()).contains(Cause.FULL);
        }
    }

    @Test
    void valuesAreCheckedAgainstEachOtherOnceAllAreSaid() {
        try (Gates gates = open((name, gate) -> gate.deadline(Duration.ofMillis(100)))) {
            assertThatThrownBy(() -> silent(gates, g -> g.modelTimeout(Duration.ofMillis(200))))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("the model timeout must be shorter");
            assertThat(gates.gates()).isEmpty();
        }
        try (Gates gates = open((name, gate) -> gate.deadline(Duration.ofMillis(300)))) {
            ModelGate<String, String> gate =
                    silent(gates, g -> g.deadline(Duration.ofMillis(10)).modelTimeout(Duration.ofMillis(200)));
            assertThat(gate.name()).isEqualTo("silent");
        }
    }

    @Test
    void attributesAreAddedToTheGatesOwn() {
        try (Gates gates = open((name, gate) -> gate.attributes("region", "plan"))) {
            assertThat(silent(gates, g -> g.attributes("region")).describe().attributes())
                    .containsExactlyInAnyOrder("region", "plan");
        }
    }

    interface Ask {
        @Gated("ask")
        CompletionStage<String> ask(String input);

        @Gated("other")
        String other(String input);
    }

    @Version("v1")
    static class AskV1 implements Ask {
        @Override
        public CompletionStage<String> ask(String input) {
            return new CompletableFuture<>();
        }

        @Override
        public String other(String input) {
            return input;
        }
    }

    static class Silent {
        @Gated("class")
        CompletionStage<String> ask(String input) {
            return new CompletableFuture<>();
        }
    }

    @Test
    void gatesOfGuardedInterfacesAndClassesAreConfiguredToo() throws Throwable {
        List<String> seen = new ArrayList<>();
        try (Gates gates = open((name, gate) -> {
            seen.add(name);
            gate.maxConcurrent(1);
        })) {
            Ask ask = gates.guard(Ask.class, g -> g.gate("ask", gate -> gate.maxConcurrent(9)), new AskV1());
            Guarded guarded =
                    gates.guarded(Silent.class, g -> g.gate("class", gate -> gate.maxConcurrent(9)), new Silent());
            Object[] argument = {"x"};

            assertThat(seen).containsExactlyInAnyOrder("ask", "other", "class");
            assertThat(ask.ask("x")).isNotCompleted();
            assertThat(ask.ask("x")).isCompletedExceptionally();
            assertThat((CompletionStage<?>) guarded.call(Silent.class.getDeclaredMethod("ask", String.class), argument))
                    .isNotCompleted();
            assertThat((CompletionStage<?>) guarded.call(Silent.class.getDeclaredMethod("ask", String.class), argument))
                    .isCompletedExceptionally();
        }
    }

    @Test
    void whatItRefusesIsAmongTheMistakesOfAGuardedType() {
        try (Gates gates = open((name, gate) -> gate.maxConcurrent(0))) {
            assertThatThrownBy(() -> gates.guard(Ask.class, new AskV1()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("2 mistakes")
                    .hasMessageContaining("gate \"ask\": maxConcurrent is 0")
                    .hasMessageContaining("gate \"other\": maxConcurrent is 0");
            assertThat(gates.gates()).isEmpty();
        }
    }

    @Test
    void stableMayBeSaidByIdBeforeOrAfterItsVersion() {
        try (Gates gates = open((name, gate) -> gate.stable("v2"))) {
            ModelGate<String, String> one =
                    gates.gate("one", g -> g.stable("v1", x -> "v1").version("v2", x -> "v2"));
            ModelGate<String, String> two = gates.gate(
                    "two", g -> g.stable("v1").version("v1", x -> "v1").version("v2", x -> "v2"));

            assertThat(one.call("x", CALLER)).isEqualTo("v2");
            assertThat(two.call("x", CALLER)).isEqualTo("v2");
            assertThat(one.describe().stable()).contains("v2");
        }
    }

    @Test
    void stableThatIsNoVersionIsRefused() {
        try (Gates gates = open((name, gate) -> gate.stable("v9"))) {
            assertThatThrownBy(() ->
                            gates.gate("one", g -> g.stable("v1", x -> "v1").version("v2", x -> "v2")))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("gate \"one\": stable is \"v9\", but it has no such version; it has [v1, v2]");
            assertThatThrownBy(() -> gates.gate("one", g -> g.stable("no id")))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("version is \"no id\"");
        }
    }
}
