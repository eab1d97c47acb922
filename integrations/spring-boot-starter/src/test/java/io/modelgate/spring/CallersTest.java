package io.modelgate.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelgate.Actor;
import io.modelgate.Fallback;
import io.modelgate.Fallen;
import io.modelgate.Gated;
import io.modelgate.Gates;
import io.modelgate.Invocation;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Who sent the request is the caller of a gated method that does not say. */
class CallersTest {

    static class Scores {
        @Gated("scores")
        String score(String input) {
            return input;
        }
    }

    @RestController
    static final class Page {
        private final Scores scores;

        Page(Scores scores) {
            this.scores = scores;
        }

        @GetMapping("/score")
        String score() {
            return scores.score("the model");
        }
    }

    /** Answers with the caller's key. */
    private static final class Telling implements Fallback<Invocation, Object> {
        @Override
        public List<String> rungs() {
            return List.of("telling");
        }

        @Override
        public Optional<Rescue<Object>> answer(Fallen<Invocation, Object> call) {
            return Optional.of(new Rescue<>("telling", call.caller().key().orElse("anonymous"), null));
        }
    }

    @SpringBootConfiguration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Application {

        @Bean
        Scores scores() {
            return new Scores();
        }

        @Bean
        Page page(Scores scores) {
            return new Page(scores);
        }

        @Bean
        GateCustomizer telling() {
            return GateCustomizer.of("scores", Invocation.class, Object.class, gate -> gate.fallback(new Telling()));
        }
    }

    @Test
    void theOneWhoSentTheRequestIsTheCaller() {
        try (TestApplication application = TestApplication.start(Application.class, "modelgate.caller.header=X-User")) {
            assertThat(application.get("/score", "X-User", "alice").body()).isEqualTo("the model");

            application.bean(Gates.class).gate("scores").kill(Actor.of("bob"), "it lies");

            assertThat(application.get("/score", "X-User", "alice").body()).isEqualTo("alice");
            assertThat(application.get("/score").body()).isEqualTo("anonymous");
        }
    }
}
