package io.modelgate.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.modelgate.Gates;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The console lets in whom it was told to, and nobody else. */
class ConsoleTest {

    private final Token token = Token.generate();
    private final Gates gates = Gates.open(g -> {});
    private final Console console = Console.start(gates, c -> c.port(0).token("alice", Role.OPERATOR, token.hash()));

    @AfterEach
    void close() {
        console.close();
        gates.close();
    }

    private HttpResponse<String> get(String path, String authorization) throws IOException, InterruptedException {
        URI uri = console.address().resolve(path);
        HttpRequest request = HttpRequest.newBuilder(uri)
                .header("Authorization", authorization)
                .build();
        return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void theHolderOfATokenIsWhoTheConfigurationSays() throws Exception {
        HttpResponse<String> response = get("/api/v1/me", "Bearer " + token.text());

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).isEqualTo("{\"actor\":\"alice\",\"role\":\"OPERATOR\"}");
    }

    @Test
    void anotherTokenIsNobody() throws Exception {
        assertThat(get("/api/v1/me", "Bearer " + Token.generate().text()).statusCode())
                .isEqualTo(401);
    }

    @Test
    void aConsoleThatNobodyMayUseDoesNotStart() {
        assertThatThrownBy(() -> Console.start(gates, c -> c.port(0)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("token(…)");
    }
}
