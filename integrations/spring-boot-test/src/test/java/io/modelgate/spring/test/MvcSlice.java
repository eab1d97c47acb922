package io.modelgate.spring.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.modelgate.spring.test.Desk.Writer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** What a slice of an application has of its gates, on either line of Spring Boot: each has an annotation of its own for it. */
abstract class MvcSlice {

    @Autowired
    GatesUnderTest under;

    @Autowired
    MockMvcTester mvc;

    @Autowired
    Writer writer;

    @Test
    void theGatesOfASliceAnswer() {
        assertThat(mvc.get().uri("/word")).bodyText().isEqualTo("word");
        assertThat(mvc.get().uri("/title")).bodyText().isEqualTo("title");
    }

    @Test
    void aRefusalIsAProblem() {
        under.kill("word");

        assertThat(mvc.get().uri("/word"))
                .hasStatus(HttpStatus.SERVICE_UNAVAILABLE)
                .hasContentType(MediaType.APPLICATION_PROBLEM_JSON)
                .bodyText()
                .contains("\"cause\":\"KILLED\"");
    }

    @Test
    void theCallerIsReadOffTheRequest() {
        assertThat(caller("alice")).isEqualTo("alice");
    }

    private String caller(String user) {
        return new String(
                mvc.get()
                        .uri("/caller")
                        .header("X-User", user)
                        .exchange()
                        .getResponse()
                        .getContentAsByteArray(),
                StandardCharsets.UTF_8);
    }

    @Test
    void aMonoAnswersWhatTheTestSaysOrFails() {
        under.answer("title", "v1", "other");
        assertThat(writer.title().block()).isEqualTo("other");

        under.fail("title", "v1", new IOException("down"));
        assertThatThrownBy(() -> writer.title().block()).hasRootCauseMessage("down");
    }

    @Test
    void aFluxAnswersWhatTheTestSaysOrFails() {
        under.answer("pieces", "v1", Flux.just("x", "y", "z"));
        assertThat(writer.pieces().collectList().block()).containsExactly("x", "y", "z");

        under.fail("pieces", "v1", new IOException("down"));
        assertThatThrownBy(() -> writer.pieces().blockLast()).hasRootCauseMessage("down");
    }

    @Test
    void anAnswerThatTheMethodDoesNotGiveIsRefused() {
        assertThatThrownBy(() -> under.answer("title", "v1", Mono.just("other")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("gate \"title\" expects a java.lang.String of its versions");
        assertThatThrownBy(() -> under.answer("pieces", "v1", "x"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("answer is a java.lang.String: gate \"pieces\" expects a reactor.core.publisher.Flux"
                        + " of its versions");
        assertThat(writer.title().block()).isEqualTo("title");
        assertThat(writer.pieces().collectList().block()).containsExactly("p", "q");
    }
}
