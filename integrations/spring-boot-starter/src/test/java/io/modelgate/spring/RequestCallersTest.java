package io.modelgate.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelgate.Caller;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpSession;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;

class RequestCallersTest {

    private final MockHttpServletRequest request = new MockHttpServletRequest();

    private Caller caller(RequestCallers callers) {
        RequestContextHolder.setRequestAttributes(new ServletRequestAttributes(request));
        return callers.resolve();
    }

    @AfterEach
    void leave() {
        RequestContextHolder.resetRequestAttributes();
    }

    @Test
    void onAThreadThatServesNoRequestNobodyIsKnown() {
        assertThat(new RequestCallers(new ModelGateProperties.Caller(true, "X-User", true)).resolve())
                .isNull();
    }

    @Test
    void thePrincipalComesBeforeTheHeader() {
        request.setUserPrincipal(() -> "alice");
        request.addHeader("X-User", "mallory");

        assertThat(caller(new RequestCallers(new ModelGateProperties.Caller(true, "X-User", false)))
                        .key())
                .contains("alice");
    }

    @Test
    void withoutAPrincipalTheHeaderIsTheKey() {
        request.addHeader("X-User", " bob ");

        assertThat(caller(new RequestCallers(new ModelGateProperties.Caller(true, "X-User", false)))
                        .key())
                .contains("bob");
    }

    @Test
    void whatIsNotConfiguredDoesNotCount() {
        request.setUserPrincipal(() -> "alice");
        request.addHeader("X-User", "bob");
        request.getSession(true);

        Caller caller = caller(new RequestCallers(new ModelGateProperties.Caller(false, null, true)));

        assertThat(caller.hasKey()).isFalse();
        assertThat(caller.session()).isPresent();
    }

    @Test
    void anEmptyHeaderIsNobody() {
        request.addHeader("X-User", "  ");

        assertThat(caller(new RequestCallers(new ModelGateProperties.Caller(false, "X-User", false)))
                        .hasKey())
                .isFalse();
    }

    @Test
    void aGateStartsNoSession() {
        assertThat(caller(new RequestCallers(new ModelGateProperties.Caller(false, null, true)))
                        .session())
                .isEmpty();
        assertThat(request.getSession(false)).isNull();
    }

    @Test
    void theSessionIsTheSameForItsRequestsAndNeverTheIdThatLogsIn() {
        String id = "F0E1D2C3B4A5";
        request.setSession(new MockHttpSession(null, id));
        RequestCallers callers = new RequestCallers(new ModelGateProperties.Caller(false, null, true));

        String first = caller(callers).session().orElseThrow();
        MockHttpServletRequest next = new MockHttpServletRequest();
        next.setSession(request.getSession(false));
        RequestContextHolder.setRequestAttributes(new ServletRequestAttributes(next));

        assertThat(callers.resolve().session()).contains(first);
        assertThat(first).doesNotContainIgnoringCase(id);
    }

    @Test
    void aRequestThatCrossesManyGatesHasOneCaller() {
        request.setUserPrincipal(() -> "alice");
        RequestCallers callers = new RequestCallers(new ModelGateProperties.Caller(true, null, false));

        assertThat(caller(callers)).isSameAs(caller(callers));
    }

    @Test
    void whoLogsInDuringARequestIsAnotherCaller() {
        RequestCallers callers = new RequestCallers(new ModelGateProperties.Caller(true, null, false));
        assertThat(caller(callers).hasKey()).isFalse();

        request.setUserPrincipal(() -> "alice");

        assertThat(caller(callers).key()).contains("alice");
    }
}
