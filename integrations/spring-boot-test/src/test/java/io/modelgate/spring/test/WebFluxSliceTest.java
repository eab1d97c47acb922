package io.modelgate.spring.test;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.autoconfigure.web.reactive.WebFluxTest;
import org.springframework.context.annotation.Import;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.test.context.ContextConfiguration;
import org.springframework.test.web.reactive.server.EntityExchangeResult;
import org.springframework.test.web.reactive.server.WebTestClient;

/** The slice of Boot 3.5; the one of Boot 4 has another name. */
@EnabledIf("io.modelgate.spring.test.WebMvcSliceTest#isBoot3")
@WebFluxTest(controllers = Desk.Pages.class, properties = "modelgate.caller.header=X-User")
@ContextConfiguration(classes = Desk.class)
@Import({Desk.Plain.class, Desk.Pages.class})
@ModelGateTest
class WebFluxSliceTest {

    @Autowired
    GatesUnderTest under;

    @Autowired
    WebTestClient client;

    @Test
    void theGatesOfASliceAnswer() {
        client.get().uri("/title").exchange().expectBody(String.class).isEqualTo("title");
        client.get().uri("/pieces").exchange().expectBody(String.class).isEqualTo("pq");
    }

    @Test
    void aRefusalIsAProblem() {
        under.kill("title");

        EntityExchangeResult<String> answer =
                client.get().uri("/title").exchange().expectBody(String.class).returnResult();

        assertThat(answer.getStatus()).isEqualTo(HttpStatus.SERVICE_UNAVAILABLE);
        assertThat(answer.getResponseHeaders().getContentType()).isEqualTo(MediaType.APPLICATION_PROBLEM_JSON);
        assertThat(answer.getResponseBody()).contains("\"cause\":\"KILLED\"");
    }
}
