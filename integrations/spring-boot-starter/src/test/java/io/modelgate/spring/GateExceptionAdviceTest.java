package io.modelgate.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;

import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import io.modelgate.Actor;
import io.modelgate.Caller;
import io.modelgate.GateBuilder;
import io.modelgate.Gates;
import io.modelgate.ModelGate;
import io.modelgate.Verdict;
import io.modelgate.budget.Budget;
import io.modelgate.budget.Per;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpHeaders;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.test.web.reactive.server.EntityExchangeResult;
import org.springframework.test.web.reactive.server.WebTestClient;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.test.web.servlet.MvcResult;
import org.springframework.test.web.servlet.request.MockMvcRequestBuilders;
import org.springframework.test.web.servlet.setup.MockMvcBuilders;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

class GateExceptionAdviceTest {

    private static final String SECRET = "the applicant's salary";

    private final AtomicLong now = new AtomicLong();
    private final Gates gates = Gates.open(g -> g.ticker(now::get));

    @AfterEach
    void close() {
        gates.close();
    }

    @RestController
    static final class Scores {

        private final ModelGate<String, String> gate;

        Scores(ModelGate<String, String> gate) {
            this.gate = gate;
        }

        @GetMapping("/score")
        String score() {
            return gate.call(SECRET, Caller.of("alice"));
        }

        @GetMapping("/later")
        CompletableFuture<String> later() {
            return gate.callAsync(SECRET, Caller.of("alice"));
        }
    }

    private ModelGate<String, String> gate(Consumer<GateBuilder<String, String>> configure) {
        return gates.gate("credit-risk", configure);
    }

    private static MockMvc mvc(ModelGate<String, String> gate) {
        return MockMvcBuilders.standaloneSetup(new Scores(gate))
                .setControllerAdvice(new GateExceptionAdvice())
                .build();
    }

    private static MockHttpServletResponse score(ModelGate<String, String> gate) throws Exception {
        return mvc(gate).perform(get("/score")).andReturn().getResponse();
    }

    @Test
    void aKilledGateIsUnavailable() throws Exception {
        ModelGate<String, String> gate = gate(g -> g.stable("v1", input -> input));
        gate.kill(Actor.of("bob"), "a reason of ours");

        MockHttpServletResponse response = score(gate);

        assertThat(response.getStatus()).isEqualTo(503);
        assertThat(response.getContentType()).isEqualTo("application/problem+json");
        assertThat(response.getContentAsString())
                .contains("\"title\":\"The model is switched off\"", "\"cause\":\"KILLED\"")
                .doesNotContain("reason of ours", "bob", "v1", SECRET);
        assertThat(response.getHeader(HttpHeaders.RETRY_AFTER)).isNull();
    }

    @Test
    void aFailureIsABadGatewayAndNothingOfTheModelsIsSaid() throws Exception {
        ModelGate<String, String> gate = gate(g -> g.stable("v1", input -> {
            throw new IllegalStateException("cannot score " + input);
        }));

        MockHttpServletResponse response = score(gate);

        assertThat(response.getStatus()).isEqualTo(502);
        assertThat(response.getContentAsString())
                .contains("\"cause\":\"ERROR\"")
                .doesNotContain(SECRET, "cannot score", "IllegalState");
    }

    @Test
    void anAnswerThatIsNotAcceptedIsNotShown() throws Exception {
        ModelGate<String, String> gate =
                gate(g -> g.stable("v1", input -> "toxic").accept(answer -> Verdict.INVALID));

        MockHttpServletResponse response = score(gate);

        assertThat(response.getStatus()).isEqualTo(502);
        assertThat(response.getContentAsString()).contains("INVALID_OUTPUT").doesNotContain("toxic");
    }

    @Test
    void aTimeoutIsAGatewayTimeout() throws Exception {
        ModelGate<String, String> gate = gate(g -> g.stable("v1", input -> {
                    now.addAndGet(Duration.ofSeconds(1).toNanos());
                    return input;
                })
                .modelTimeout(Duration.ofMillis(200)));

        assertThat(score(gate).getStatus()).isEqualTo(504);
    }

    @Test
    void aRateLimitSaysWhenToComeBack() throws Exception {
        ModelGate<String, String> gate = gate(g -> g.stable("v1", input -> input)
                .rateLimit(RateLimiterConfig.custom()
                        .limitForPeriod(1)
                        .limitRefreshPeriod(Duration.ofMinutes(1))
                        .timeoutDuration(Duration.ZERO)
                        .build()));
        assertThat(score(gate).getStatus()).isEqualTo(200);

        MockHttpServletResponse response = score(gate);

        assertThat(response.getStatus()).isEqualTo(429);
        assertThat(response.getHeader(HttpHeaders.RETRY_AFTER)).isEqualTo("1");
        assertThat(response.getContentAsString()).contains("RATE_LIMITED");
    }

    @Test
    void aBudgetThatIsUsedUpSaysWhenToComeBackToo() throws Exception {
        ModelGate<String, String> gate = gate(g -> g.stable("v1", input -> input)
                .tokens(t -> t.input(input -> 100).maxOutput(10))
                .budget(Budget.tokens("daily", 10, Per.gate())));

        MockHttpServletResponse response = score(gate);

        assertThat(response.getStatus()).isEqualTo(429);
        assertThat(response.getHeader(HttpHeaders.RETRY_AFTER)).isEqualTo("60");
        assertThat(response.getContentAsString()).contains("OVER_BUDGET").doesNotContain("daily", "100");
    }

    @Test
    void aFailedStageIsAnsweredAsAFailedCallIs() throws Exception {
        ModelGate<String, String> gate = gate(g -> g.stable("v1", input -> input));
        gate.kill(Actor.of("bob"), "off");
        MockMvc mvc = mvc(gate);

        MvcResult started = mvc.perform(get("/later")).andReturn();
        MockHttpServletResponse response = mvc.perform(MockMvcRequestBuilders.asyncDispatch(started))
                .andReturn()
                .getResponse();

        assertThat(response.getStatus()).isEqualTo(503);
        assertThat(response.getContentAsString()).contains("KILLED");
    }

    @Test
    void webFluxAnswersTheSame() {
        ModelGate<String, String> gate = gate(g -> g.stable("v1", input -> input));
        gate.kill(Actor.of("bob"), "off");

        EntityExchangeResult<String> result = WebTestClient.bindToController(new Scores(gate))
                .controllerAdvice(new GateExceptionAdvice())
                .build()
                .get()
                .uri("/score")
                .exchange()
                .expectBody(String.class)
                .returnResult();

        assertThat(result.getStatus().value()).isEqualTo(503);
        assertThat(result.getResponseBody()).contains("The model is switched off", "KILLED");
    }

    @ControllerAdvice
    static final class OurAdvice {
        @ExceptionHandler
        @ResponseStatus(code = org.springframework.http.HttpStatus.I_AM_A_TEAPOT)
        void ours(io.modelgate.GateException e) {}
    }

    @Test
    void anAdviceOfTheApplicationComesFirst() throws Exception {
        ModelGate<String, String> gate = gate(g -> g.stable("v1", input -> input));
        gate.kill(Actor.of("bob"), "off");
        MockMvc mvc = MockMvcBuilders.standaloneSetup(new Scores(gate))
                .setControllerAdvice(new OurAdvice(), new GateExceptionAdvice())
                .build();

        assertThat(mvc.perform(get("/score")).andReturn().getResponse().getStatus())
                .isEqualTo(418);
    }
}
