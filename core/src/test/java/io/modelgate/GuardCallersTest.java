package io.modelgate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class GuardCallersTest {

    private Supplier<Caller> whoAsks =
            () -> Caller.of("alice").with("region", "us").with("segment", "gold");
    private final AtomicReference<Caller> seen = new AtomicReference<>();
    private final Gates gates = Gates.open(g -> g.callers(() -> whoAsks.get()));
    private Scores scores;

    interface Scores {
        @Gated("silent")
        String silent(String input, @CallerAttribute("region") String region);

        @Gated("spoken")
        String spoken(String input, @CallerKey String user);

        @Gated("session")
        String session(String input, @SessionId String session);

        @Gated("given")
        String given(String input, Caller caller);
    }

    @Version("v1")
    static final class Forest implements Scores {
        @Override
        public String silent(String input, String region) {
            return input;
        }

        @Override
        public String spoken(String input, String user) {
            return input;
        }

        @Override
        public String session(String input, String session) {
            return input;
        }

        @Override
        public String given(String input, Caller caller) {
            return input;
        }
    }

    private final class Seeing implements Fallback<Invocation, Object> {
        @Override
        public List<String> rungs() {
            return List.of("seen");
        }

        @Override
        public Optional<Rescue<Object>> answer(Fallen<Invocation, Object> call) {
            seen.set(call.caller());
            return Optional.of(new Rescue<>("seen", "seen", null));
        }
    }

    @BeforeEach
    void guardAndKill() {
        scores = gates.guard(
                Scores.class,
                g -> g.gate("silent", gate -> gate.fallback(new Seeing()))
                        .gate("spoken", gate -> gate.fallback(new Seeing()))
                        .gate("session", gate -> gate.fallback(new Seeing()))
                        .gate("given", gate -> gate.fallback(new Seeing())),
                new Forest());
        gates.kill(Scope.fleet(), Actor.of("bob"), "off");
    }

    @AfterEach
    void close() {
        gates.close();
    }

    @Test
    void whereTheMethodDoesNotSayWhoAsksTheSupplierDoes() {
        scores.silent("x", null);

        assertThat(seen.get().key()).contains("alice");
        assertThat(seen.get().attribute("segment")).contains("gold");
    }

    @Test
    void anAttributeOfAParameterTakesThePlaceOfTheSuppliers() {
        scores.silent("x", "eu");

        assertThat(seen.get().attribute("region")).contains("eu");
        assertThat(seen.get().key()).contains("alice");
    }

    @Test
    void aSupplierThatDoesNotKnowMeansAnonymous() {
        whoAsks = () -> null;

        scores.silent("x", "eu");

        assertThat(seen.get().hasKey()).isFalse();
        assertThat(seen.get().attribute("region")).contains("eu");
    }

    @Test
    void aMethodThatSaysWhoAsksIsBelievedAlone() {
        scores.spoken("x", null);
        assertThat(seen.get().hasKey()).isFalse();

        scores.session("x", "s-1");
        assertThat(seen.get().hasKey()).isFalse();

        scores.given("x", null);
        assertThat(seen.get().hasKey()).isFalse();
    }

    @Test
    void whatTheSupplierThrowsTheCallerGets() {
        whoAsks = () -> {
            throw new IllegalStateException("no tenant");
        };

        assertThatThrownBy(() -> scores.silent("x", "eu"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("no tenant");
    }
}
