package io.modelgate.examples.guide;

import io.modelgate.Gates;
import io.modelgate.Invocation;
import io.modelgate.ModelGate;
import io.modelgate.examples.guide.Credit.Applicant;
import io.modelgate.examples.guide.Credit.Decision;
import io.modelgate.fallback.Ladder;
import io.modelgate.rollout.Cohorts;
import io.modelgate.spring.GateCustomizer;
import io.modelgate.spring.GatesCustomizer;
import java.util.concurrent.Executor;
import org.springframework.context.annotation.Bean;

/** What the guide shows; no part of the application that it begins with. */
class Customizers {

    // spring.md: one gate
    @Bean
    GateCustomizer offers() {
        return GateCustomizer.of(
                "offers",
                Invocation.class,
                Decision.class,
                g -> g.router(Cohorts.router())
                        .fallback(Ladder.of(l -> l.previousVersion().degrade(new Decision(false, "nobody")))));
    }
    // spring.md: end

    // spring.md: customizers
    @Bean
    GateCustomizer counting() {
        return (gate, g) -> {
            if (gate.equals("summaries")) {
                g.tokens(t -> t.input(asked -> 1_000).maxOutput(500));
            }
        };
    }

    @Bean
    GatesCustomizer threads(Executor models) {
        return gates -> gates.executor(models);
    }
    // spring.md: end

    // spring.md: gate
    @Bean
    ModelGate<Applicant, Decision> limits(Gates gates) {
        return gates.gate(
                "limits",
                g -> g.stable("v1", asked -> new Decision(asked.debtRatio() < 0.5, "v1"))
                        .router(Cohorts.router())
                        .fallback(Ladder.of(l -> l.degrade(new Decision(false, "nobody")))));
    }
    // spring.md: end
}
