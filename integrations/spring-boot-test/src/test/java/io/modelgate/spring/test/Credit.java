package io.modelgate.spring.test;

import io.modelgate.CallerKey;
import io.modelgate.Gated;
import io.modelgate.Gates;
import io.modelgate.ModelGate;
import io.modelgate.Version;
import io.modelgate.spring.GateCustomizer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** An application with a gate of each kind: of an interface, of a class, made in code. */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import({Credit.Forest.class, Credit.Boosted.class, Credit.Summaries.class})
class Credit {

    interface CreditModel {
        @Gated(value = "credit-risk", fallback = "refer")
        String decide(double debtRatio, @CallerKey String user);

        @Gated(value = "credit-limit", fallback = "none")
        CompletionStage<String> limit(double income);

        default String refer(double debtRatio, String user) {
            return "refer";
        }

        default String none(double income) {
            return "none";
        }
    }

    @Version("v1")
    static class Forest implements CreditModel {
        @Override
        public String decide(double debtRatio, String user) {
            return "v1";
        }

        @Override
        public CompletionStage<String> limit(double income) {
            return CompletableFuture.completedFuture("v1");
        }
    }

    @Version("v2")
    static class Boosted implements CreditModel {
        @Override
        public String decide(double debtRatio, String user) {
            return "v2";
        }

        @Override
        public CompletionStage<String> limit(double income) {
            return CompletableFuture.completedFuture("v2");
        }
    }

    static class Summaries {
        @Gated(value = "summaries", fallback = "first")
        public String summary(String text) {
            return "summary";
        }

        String first(String text) {
            return text.substring(0, 1);
        }
    }

    @Bean
    ModelGate<String, String> translation(Gates gates) {
        return gates.gate("translation", g -> g.stable("v1", text -> "translated"));
    }

    /** Summaries cost tokens, for the budget that a test may spend. */
    @Bean
    GateCustomizer counting() {
        return (gate, g) -> {
            if (gate.equals("summaries")) {
                g.tokens(t -> t.input(asked -> 10).maxOutput(10));
            }
        };
    }
}
