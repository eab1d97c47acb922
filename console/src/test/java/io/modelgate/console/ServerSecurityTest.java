package io.modelgate.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.modelgate.Gates;
import io.modelgate.control.Decision;
import io.modelgate.testkit.ManualTime;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who is let in, and what of them is written down. */
class ServerSecurityTest {

    private static final String OURS = "X-ModelGate: 1\r\n";

    private final ManualTime time = new ManualTime();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final ServerRig rig = rig();

    private ServerRig rig() {
        try {
            Gates gates = Gates.open(g -> g.ticker(time).instants(time).scheduler(time));
            return new ServerRig(
                    gates,
                    c -> c.meters(meters)
                            .proxyHeader("X-Forwarded-User", Map.of("paula", Role.OPERATOR))
                            .host("ops.example.com")
                            .requestsPerSecond(20),
                    new Route(
                            "GET",
                            "/api/v1/stream",
                            Role.VIEWER,
                            request -> new Reply.Streamed(
                                    "text/plain",
                                    "log.txt",
                                    out -> out.write("streamed".getBytes(StandardCharsets.UTF_8)))));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @AfterEach
    void close() {
        rig.close();
    }

    private int status(Optional<Wire.Response> response) {
        return response.map(Wire.Response::status).orElse(-1);
    }

    private void nothingWasDone() {
        assertThat(rig.acted).isEmpty();
        assertThat(rig.gates.kills()).isEmpty();
    }

    // Who asks.

    @Test
    void twoOfWhatAuthenticatesProveNobody() throws Exception {
        String twice = rig.headers(Role.OPERATOR) + "Authorization: Bearer " + rig.token(Role.ADMIN) + "\r\n";
        assertThat(status(rig.send("GET", "/api/v1/look", twice))).isEqualTo(401);

        String users = rig.headers(null) + "X-Forwarded-User: paula\r\nX-Forwarded-User: paula\r\n";
        assertThat(status(rig.send("GET", "/api/v1/look", users))).isEqualTo(401);

        String one = rig.headers(null) + "X-Forwarded-User: paula\r\n";
        assertThat(status(rig.send("GET", "/api/v1/look", one))).isEqualTo(200);
    }

    @Test
    void aBadTokenIsNotMadeUpForByTheProxysHeader() throws Exception {
        String both = rig.headers(null) + "X-Forwarded-User: paula\r\nAuthorization: Bearer "
                + Token.generate().text() + "\r\n";

        assertThat(status(rig.send("GET", "/api/v1/look", both))).isEqualTo(401);
    }

    @Test
    void aTokenInTheQueryOrACookieIsNone() throws Exception {
        String token = rig.token(Role.ADMIN);
        for (String query : List.of("access_token=", "token=", "Authorization=Bearer%20")) {
            assertThat(status(rig.get("/api/v1/look?" + query + token, null))).isEqualTo(401);
        }
        assertThat(status(rig.send(
                        "GET", "/api/v1/look", rig.headers(null) + "Cookie: Authorization=Bearer " + token + "\r\n")))
                .isEqualTo(401);
        assertThat(rig.refused(1))
                .allSatisfy(entry -> assertThat(entry.toString()).doesNotContain(token));
    }

    @Test
    void theActorIsWhoAuthenticatedWhateverTheBodySays() throws Exception {
        String headers = rig.headers(Role.OPERATOR) + OURS;

        assertThat(status(rig.post("/api/v1/act", headers, "{\"reason\":\"x\",\"actor\":\"mallory\"}")))
                .isEqualTo(400);
        nothingWasDone();
        assertThat(rig.refused(1)).singleElement().satisfies(entry -> {
            assertThat(entry.actor()).isEqualTo("operator");
            assertThat(entry.toString()).doesNotContain("mallory");
        });

        assertThat(status(rig.post("/api/v1/act", headers + "X-Actor: mallory\r\n", "{\"reason\":\"x\"}")))
                .isEqualTo(201);
        assertThat(rig.gates.kills()).singleElement().satisfies(kill -> {
            assertThat(kill.actor().name()).isEqualTo("operator");
            assertThat(kill.actor().authentication()).isEqualTo(Access.BY_TOKEN);
        });
    }

    // What is recorded.

    @Test
    void everyRefusedAttemptIsInTheControlLogWithoutWhatStrangersChose() throws Exception {
        rig.get("/api/v1/gates/stranger-chose-this", null);
        rig.get("/stranger-chose-this?and=this", null);
        rig.post("/api/v1/act", rig.headers(Role.VIEWER) + OURS, "{\"reason\":\"x\"}");
        rig.post("/api/v1/admin", rig.headers(Role.APPROVER) + OURS, "{\"reason\":\"x\"}");
        rig.post("/api/v1/act", rig.headers(Role.OPERATOR) + OURS, "{\"reason\":1}");
        rig.post("/api/v1/nothing", rig.headers(Role.OPERATOR) + OURS, "{}");
        rig.get("/api/v1/nothing", Role.OPERATOR); // changes nothing, and is not recorded

        nothingWasDone();
        assertThat(rig.refused(6))
                .extracting(
                        Decision::actor,
                        entry -> entry.data().get("method"),
                        entry -> entry.data().get("route"),
                        entry -> entry.data().get("status"))
                .containsExactly(
                        tuple("nobody", "GET", "/api/v1/gates/{gate}", 401L),
                        tuple("nobody", "GET", "none", 401L),
                        tuple("viewer", "POST", "/api/v1/act", 403L),
                        tuple("approver", "POST", "/api/v1/admin", 403L),
                        tuple("operator", "POST", "/api/v1/act", 400L),
                        tuple("operator", "POST", "none", 404L));
        assertThat(rig.refused().toString()).doesNotContain("stranger-chose-this");
        assertThat(meters.counter("modelgate.console.refused", "status", "401").count())
                .isEqualTo(2);
        assertThat(meters.counter("modelgate.console.refused", "status", "403").count())
                .isEqualTo(2);
    }

    @Test
    void closingTheConsoleRecordsWhatItCounted() throws Exception {
        for (int i = 0; i < 5; i++) {
            rig.get("/api/v1/look", null);
        }
        rig.server.close();

        assertThat(rig.refused()).extracting(entry -> entry.data().get("count")).containsExactly(1L, 4L);
    }

    // How often.

    @Test
    void anOperatorWhoAsksTooOftenWaitsAndTheNextDoesNot() throws Exception {
        for (int i = 0; i < 20; i++) {
            assertThat(status(rig.get("/api/v1/look", Role.OPERATOR))).isEqualTo(200);
        }
        Wire.Response refused = rig.get("/api/v1/look", Role.OPERATOR).orElseThrow();

        assertThat(refused.status()).isEqualTo(429);
        assertThat(refused.header("Retry-After")).isEqualTo("1");
        assertThat(status(rig.get("/api/v1/look", Role.VIEWER))).isEqualTo(200);
        assertThat(rig.refused(1)).singleElement().extracting(Decision::actor).isEqualTo("operator");

        time.advance(Duration.ofSeconds(1));
        assertThat(status(rig.get("/api/v1/look", Role.OPERATOR))).isEqualTo(200);
    }

    @Test
    void anAddressThatFailsTooOftenWaitsButLocksNobodyOut() throws Exception {
        for (int i = 0; i < Strangers.FAILURES_A_MINUTE; i++) {
            assertThat(status(rig.get("/api/v1/look", null))).isEqualTo(401);
        }
        Wire.Response refused = rig.get("/api/v1/look", null).orElseThrow();

        assertThat(refused.status()).isEqualTo(429);
        assertThat(refused.header("Retry-After")).isEqualTo("6");
        assertThat(status(rig.get("/api/v1/look", Role.OPERATOR))).isEqualTo(200);
        assertThat(rig.refused(2))
                .extracting(entry -> entry.data().get("status"))
                .containsExactly(401L, 429L);
    }

    // From where.

    @ParameterizedTest
    @ValueSource(
            strings = {"evil.example", "evil.example:7710", "127.0.0.1.evil.example", "localhost.", "[::2]", "0.0.0.0"})
    void aNameThatIsNotOursIsRefused(String host) throws Exception {
        String headers = rig.headers(Role.OPERATOR).replaceFirst("Host: [^\r]*", "Host: " + host);

        assertThat(status(rig.send("GET", "/api/v1/look", headers))).isEqualTo(421);
        assertThat(status(rig.send("GET", "/", headers))).isEqualTo(421);
        assertThat(rig.refused(1)).isNotEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "localhost",
                "LOCALHOST:1",
                "127.0.0.1:7710",
                "[::1]:7710",
                "ops.example.com",
                "Ops.Example.Com:443"
            })
    void ourOwnNamesAreAnsweredTo(String host) throws Exception {
        String headers = rig.headers(Role.OPERATOR).replaceFirst("Host: [^\r]*", "Host: " + host);

        assertThat(status(rig.send("GET", "/api/v1/look", headers))).isEqualTo(200);
    }

    @Test
    void oneHostIsNamed() throws Exception {
        String without = rig.headers(Role.OPERATOR).replaceFirst("Host: [^\r]*\r\n", "");

        assertThat(status(rig.send("GET", "/api/v1/look", without))).isEqualTo(400);
        assertThat(status(rig.send("GET", "/api/v1/look", rig.headers(Role.OPERATOR) + "Host: localhost\r\n")))
                .isEqualTo(400);
    }

    @Test
    void whatChangesSomethingNeedsOurHeader() throws Exception {
        assertThat(status(rig.post("/api/v1/act", rig.headers(Role.ADMIN), "{\"reason\":\"x\"}")))
                .isEqualTo(403);
        nothingWasDone();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Origin: https://evil.example",
                "Origin: null",
                "Origin: http://localhost:1",
                "Origin: http://ops.example.com.evil.example",
                "Origin: file://ops.example.com",
                "Sec-Fetch-Site: cross-site",
                "Sec-Fetch-Site: same-site",
                "Sec-Fetch-Site: same-origin\r\nSec-Fetch-Site: cross-site",
                "Sec-Fetch-Site: new-word"
            })
    void whatAnotherSitesPageSendsChangesNothing(String header) throws Exception {
        String headers = rig.headers(Role.ADMIN) + OURS + header + "\r\n";

        assertThat(status(rig.post("/api/v1/act", headers, "{\"reason\":\"x\"}")))
                .isEqualTo(403);
        nothingWasDone();
    }

    @Test
    void ourOwnPageMayChangeSomething() throws Exception {
        String own = "Origin: http://" + rig.uri().getAuthority() + "\r\nSec-Fetch-Site: same-origin\r\n";
        assertThat(status(rig.post("/api/v1/act", rig.headers(Role.ADMIN) + OURS + own, "{\"reason\":\"x\"}")))
                .isEqualTo(201);

        String behindProxy = "Origin: https://ops.example.com\r\nSec-Fetch-Site: same-origin\r\n";
        assertThat(status(rig.post("/api/v1/act", rig.headers(Role.ADMIN) + OURS + behindProxy, "{\"reason\":\"x\"}")))
                .isEqualTo(201);
    }

    // Methods and headers.

    @ParameterizedTest
    @ValueSource(strings = {"OPTIONS", "PUT", "DELETE", "PATCH", "TRACE", "CONNECT", "PROPFIND", "get", "G", ","})
    void otherMethodsAreNotTaken(String method) throws Exception {
        for (String target : List.of("/", "/api/v1/look", "/api/v1/act", "/nothing")) {
            Wire.Response response =
                    rig.send(method, target, rig.headers(Role.ADMIN) + OURS).orElseThrow();
            assertThat(response.status()).isEqualTo(405);
            assertThat(response.header("Allow")).isEqualTo("GET, HEAD, POST");
        }
        nothingWasDone();
    }

    @Test
    void aPathSaysWhichMethodsItTakes() throws Exception {
        assertThat(rig.get("/api/v1/act", Role.ADMIN).orElseThrow().header("Allow"))
                .isEqualTo("POST");
        assertThat(rig.post("/api/v1/look", rig.headers(Role.ADMIN) + OURS, "{}")
                        .orElseThrow()
                        .header("Allow"))
                .isEqualTo("GET, HEAD");
        nothingWasDone();
    }

    @Test
    void headIsGetWithoutTheBody() throws Exception {
        for (String target :
                List.of("/", "/api/v1/openapi.yaml", "/api/v1/look", "/api/v1/nothing", "/api/v1/stream")) {
            Wire.Response get = rig.get(target, Role.VIEWER).orElseThrow();
            try (Wire wire = new Wire(rig.uri())) {
                Wire.Response head = wire.send("HEAD " + target + " HTTP/1.1\r\n" + rig.headers(Role.VIEWER)
                                + "Connection: close\r\n\r\n")
                        .read(true)
                        .orElseThrow();
                assertThat(head.status()).isEqualTo(get.status());
                assertThat(head.header("Content-Type")).isEqualTo(get.header("Content-Type"));
                assertThat(head.header("Content-Length")).isEqualTo(get.header("Content-Length"));
                assertThat(wire.closed()).isTrue(); // and so no body came
            }
        }
    }

    @Test
    void everyAnswerHasTheHeadersThatKeepABrowserFromHarm() throws Exception {
        List<Wire.Response> answers = List.of(
                rig.get("/", null).orElseThrow(),
                rig.get("/api/v1/look", Role.VIEWER).orElseThrow(),
                rig.get("/api/v1/look", null).orElseThrow(),
                rig.get("/api/v1/stream", Role.VIEWER).orElseThrow(),
                rig.get("/nothing", Role.VIEWER).orElseThrow(),
                rig.send(
                                "OPTIONS",
                                "/api/v1/act",
                                rig.headers(null) + "Origin: https://evil.example\r\n"
                                        + "Access-Control-Request-Method: POST\r\nAccess-Control-Request-Headers: x-modelgate\r\n")
                        .orElseThrow(),
                rig.post("/api/v1/act", rig.headers(Role.VIEWER) + OURS, "{}").orElseThrow());

        assertThat(answers).allSatisfy(answer -> {
            assertThat(answer.header("X-Content-Type-Options")).isEqualTo("nosniff");
            assertThat(answer.header("X-Frame-Options")).isEqualTo("DENY");
            assertThat(answer.header("Referrer-Policy")).isEqualTo("no-referrer");
            assertThat(answer.header("Cross-Origin-Resource-Policy")).isEqualTo("same-origin");
            assertThat(answer.header("Cross-Origin-Opener-Policy")).isEqualTo("same-origin");
            assertThat(answer.header("Cache-Control")).isEqualTo("no-store");
            assertThat(answer.header("Content-Security-Policy"))
                    .startsWith("default-src 'none';")
                    .doesNotContain("unsafe")
                    .doesNotContain("*");
            assertThat(answer.headers().keySet())
                    .noneMatch(name -> name.startsWith("access-control-") || name.equals("set-cookie"));
        });
    }

    @Test
    void whatIsTooLargeIsRefusedAndSaysSo() throws Exception {
        String headers = rig.headers(Role.ADMIN) + OURS;
        assertThat(status(rig.get("/api/v1/look?x=" + "a".repeat(Heading.MOST_URI), Role.VIEWER)))
                .isEqualTo(414);
        assertThat(status(rig.send("GET", "/api/v1/look", headers + "X-A: " + "a".repeat(20_000) + "\r\n")))
                .isEqualTo(431);
        assertThat(status(rig.send("GET", "/api/v1/look", headers + "X-A: a\r\n".repeat(101))))
                .isEqualTo(431);
        assertThat(status(rig.post("/api/v1/act", headers, "{\"reason\":\"" + "a".repeat(70_000) + "\"}")))
                .isEqualTo(413);
        assertThat(status(rig.post("/api/v1/act", headers, "{\"reason\":\"" + "a".repeat(1_000) + "\"}")))
                .isEqualTo(201);
        rig.acted.clear();
        try (Wire wire = new Wire(rig.uri())) {
            wire.send("POST /api/v1/act HTTP/1.1\r\n" + headers
                    + "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n11000\r\n"
                    + " ".repeat(0x11000) + "\r\n0\r\n\r\n");
            assertThat(wire.read().map(Wire.Response::status).orElse(413)).isEqualTo(413);
        }
        assertThat(rig.acted).isEmpty();
    }
}
