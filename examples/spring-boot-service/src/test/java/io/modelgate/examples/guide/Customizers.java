package io.modelgate.examples.guide;

import io.modelgate.spring.GateCustomizer;
import io.modelgate.spring.GatesCustomizer;
import java.util.concurrent.Executor;
import org.springframework.context.annotation.Bean;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;

/** What the guide shows; no part of the application that it begins with. */
class Customizers {

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

    void operators(HttpSecurity http) throws Exception {
        // spring.md: csrf
        http.csrf(csrf -> csrf.ignoringRequestMatchers("/actuator/modelgate/**"));
        // spring.md: end
    }
}
