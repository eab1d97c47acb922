package io.modelgate.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelgate.Actor;
import io.modelgate.Gates;
import io.modelgate.Scope;
import io.modelgate.control.Decision;
import io.modelgate.control.Entry;
import io.modelgate.control.FileControlLog;
import io.modelgate.rollout.Rollouts;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.regex.Matcher;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whatever is sent to whatever the console serves, it answers with no failure of its own, decides nothing, forgets nothing of what is decided
 * meanwhile, and leaves no thread behind.
 */
class HostileInputTest {

    private static final long SEED = Long.getLong("hostile.seed", 14);
    private static final Actor LEGITIMATE = Actor.of("legitimate");

    private static final List<String> PARTS = List.of(
            "credit",
            "..",
            ".",
            "%2e%2e",
            "%2E%2E%2F%2E%2E%2Fetc%2Fpasswd",
            "%2f",
            "%5c",
            "%00",
            "credit%00.js",
            "%c0%af",
            "%c0%ae%c0%ae",
            "%e0%80%af",
            "%ff",
            "%ed%a0%80",
            "%",
            "%2",
            "%zz",
            "%25%32%65",
            "*",
            "%2a",
            "+",
            "%20",
            "%0d%0aX-Injected:%201",
            "%0a",
            ";a=b",
            "credit;x",
            "a".repeat(5_000),
            "%F0%9F%92%A3",
            "-1",
            "9".repeat(400),
            "null",
            "{gate}",
            "%7Bgate%7D",
            "$%7Bjndi:x%7D",
            "a@b",
            "a:b",
            "");

    private static final List<String> VALUES = List.of(
            "",
            "0",
            "-1",
            "1",
            "99999999999999999999",
            "1e3",
            "0x10",
            "%00",
            "%0d%0a",
            "%ff",
            "%",
            "%zz",
            "+",
            "%2b1",
            "1.0",
            "NaN",
            "null",
            "a".repeat(3_000),
            "%F0%9F%92%A3",
            "..%2f..",
            "true",
            "%5B%5D",
            "1&limit=2",
            "1;2",
            "LIVE",
            "live",
            "%D9%A1");

    private static final List<String> HEADERS = List.of(
            "X-A: \u0000\r\n",
            "X-A: a\rb\r\n",
            "X-A: a\nX-B: b\r\n",
            "X-A: \u00e9\u00ff\r\n",
            "X-A\u0000: b\r\n",
            ": b\r\n",
            "X A: b\r\n",
            "X-A\r\n",
            " X-A: b\r\n",
            "\tb\r\n",
            "X-A: " + "a".repeat(9_000) + "\r\n",
            "X-A: a\r\n".repeat(150),
            "Last-Event-ID: \r\n",
            "Last-Event-ID: -1\r\n",
            "Last-Event-ID: 99999999999999999999-00000000\r\n",
            "Last-Event-ID: 1-zzzzzzzz\r\n",
            "Last-Event-ID: 0-00000000\r\n",
            "Last-Event-ID: 1\u0000\r\n",
            "Content-Length: -1\r\n",
            "Content-Length: 1x\r\n",
            "Content-Length: 99999999999999999999\r\n",
            "Content-Length: 5\r\nContent-Length: 6\r\n",
            "Content-Length: +0\r\n",
            "Content-Length: 0\r\nTransfer-Encoding: chunked\r\n",
            "Transfer-Encoding: gzip\r\n",
            "Transfer-Encoding: chunked, chunked\r\n",
            "Transfer-Encoding: \u000bchunked\r\n",
            "Expect: 100-continue\r\n",
            "Expect: 200-ok\r\n",
            "Connection: upgrade\r\nUpgrade: h2c\r\n",
            "Host: localhost\r\n",
            "Authorization: Bearer x\r\n",
            "Cookie: a=b\r\n",
            "Content-Type: \u0000\r\n",
            "Range: bytes=0-0,-1\r\n",
            "Accept-Encoding: " + "gzip,".repeat(1_000) + "\r\n",
            "X-HTTP-Method-Override: POST\r\n");

    private static final List<String> CHUNKED = List.of(
            "",
            "0\r\n\r\n",
            "-1\r\n\r\n",
            "zz\r\n",
            "FFFFFFFFFFFFFFFFFF\r\n",
            "7fffffff\r\nx",
            "80000000\r\nx",
            "5\r\nabc",
            "3\r\nabcdef\r\n0\r\n\r\n",
            "3;" + "x".repeat(9_000) + "\r\nabc\r\n0\r\n\r\n",
            "3\nabc\n0\n\n",
            "3 \r\nabc\r\n0\r\n\r\n",
            "0x3\r\nabc\r\n0\r\n\r\n",
            "\r\n\r\n",
            "3\r\nabc0\r\n\r\n",
            "0\r\nX-Trailer: " + "x".repeat(9_000) + "\r\n\r\n",
            " 3\r\nabc\r\n0\r\n\r\n",
            "+3\r\nabc\r\n0\r\n\r\n");

    private static final List<String> STARTS = List.of(
            "\r\n\r\n",
            "\n",
            "GET\r\n\r\n",
            "GET \r\n\r\n",
            "GET  HTTP/1.1\r\n\r\n",
            " / HTTP/1.1\r\n\r\n",
            "GET /\r\n\r\n",
            "GET * HTTP/1.1\r\n\r\n",
            "OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n",
            "GET / HTTP/9.9\r\nHost: localhost\r\n\r\n",
            "GET / HTTP/1.1 x\r\nHost: localhost\r\n\r\n",
            "GET / FTP/1.1\r\nHost: localhost\r\n\r\n",
            "GET \u0000 HTTP/1.1\r\n\r\n",
            "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003",
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
            "GET " + "/a".repeat(50_000) + " HTTP/1.1\r\n\r\n",
            "A".repeat(100_000),
            "GET / HTTP/1.1\r\n" + "A: b\r\n".repeat(3_000) + "\r\n",
            "GET http:///api/v1/me HTTP/1.1\r\nHost: localhost\r\n\r\n",
            "GET :// HTTP/1.1\r\nHost: localhost\r\n\r\n",
            "GET ? HTTP/1.1\r\nHost: localhost\r\n\r\n",
            "GET # HTTP/1.1\r\nHost: localhost\r\n\r\n",
            "GET /#x HTTP/1.1\r\nHost: localhost\r\n\r\n",
            "GET /%00 HTTP/1.1\r\nHost: localhost\r\n\r\n",
            "GET //evil.example/ HTTP/1.1\r\nHost: localhost\r\n\r\n",
            "GET ///// HTTP/1.1\r\nHost: localhost\r\n\r\n",
            "GET /../../etc/passwd HTTP/1.1\r\nHost: localhost\r\n\r\n",
            "GET /./api HTTP/1.1\r\nHost: localhost\r\n\r\n",
            "GET /\\..\\ HTTP/1.1\r\nHost: localhost\r\n\r\n",
            "GET /page/../../ConsoleServer.class HTTP/1.1\r\nHost: localhost\r\n\r\n",
            "GET mailto:x HTTP/1.1\r\nHost: localhost\r\n\r\n",
            "GET [::1 HTTP/1.1\r\nHost: localhost\r\n\r\n",
            "POST / HTTP/1.0\r\n\r\n");

    @TempDir
    private Path directory;

    private final Map<Role, Token> tokens = new EnumMap<>(Role.class);
    private final Random random = new Random(SEED);
    private final OpenApi openApi = new OpenApi();
    private final List<String> kills = new ArrayList<>();
    private final LogCapture logged = new LogCapture();
    private Gates gates;
    private Rollouts rollouts;
    private Console console;
    private long sent;

    @BeforeEach
    void start() {
        gates = Gates.open(g -> g.controlLog(FileControlLog.open(directory.resolve("modelgate.log"))));
        for (String name : List.of("credit", "fraud")) {
            gates.gate(
                    name,
                    g -> g.stable("v1", input -> input)
                            .version("v2", input -> input)
                            .attributes("region"));
        }
        rollouts = Rollouts.open(gates, r -> r.manual());
        console = Console.start(gates, c -> {
            c.port(0).requestsPerSecond(100_000).rollouts(rollouts);
            for (Role role : Role.values()) {
                tokens.put(role, Token.generate());
                c.token(
                        role.name().toLowerCase(Locale.ROOT),
                        role,
                        tokens.get(role).hash());
            }
        });
        kill();
    }

    /** Holds after every test, whatever it sent. */
    @AfterEach
    void nothingHappenedButWhatWasMeantTo() {
        try {
            assertThat(get("/api/v1/me")).contains("ADMIN"); // it still answers
            console.close();
            rollouts.close();
            Await.until(() -> threads().isEmpty());

            assertThat(threads()).isEmpty();
            assertThat(others()).isEqualTo(kills);
            assertThat(entries())
                    .filteredOn(entry -> entry.type().equals(Refusals.TYPE))
                    .hasSizeLessThan(210)
                    .allSatisfy(HostileInputTest::holdsNothingAStrangerChose);
            assertThat(logged.text()).doesNotContain(" ERROR ").doesNotContain("Exception in thread");
            tokens.values().forEach(token -> assertThat(logged.text()).doesNotContain(token.text()));
        } catch (IOException e) {
            throw new AssertionError("the console does not answer any more", e);
        } finally {
            logged.close();
            console.close();
            gates.close();
        }
    }

    private static void holdsNothingAStrangerChose(Decision entry) {
        assertThat(entry.data().keySet()).containsExactlyInAnyOrder("method", "route", "status", "count");
        assertThat((String) entry.data().get("route")).matches("none|any|/api/v1/[a-z/{}]+");
        assertThat((String) entry.data().get("method")).matches("[A-Z]+|other");
        assertThat(entry.reason()).isEmpty();
        assertThat(entry.actor()).isIn("nobody", "several", "viewer", "operator", "approver", "admin");
    }

    private List<Decision> entries() {
        return gates.log().read(0, 100_000).stream().map(Entry::decision).toList();
    }

    /** What was decided, by id; a gate's own declaration is no decision of anybody. */
    private List<String> others() {
        return entries().stream()
                .filter(entry ->
                        !entry.type().equals(Refusals.TYPE) && !entry.type().equals("declare"))
                .map(Decision::id)
                .toList();
    }

    private static List<String> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("modelgate-console"))
                .toList();
    }

    private void kill() {
        var receipt = gates.kill(Scope.gate("fraud"), LEGITIMATE, "in between");
        kills.add(receipt.id());
        assertThat(receipt.entry(Duration.ofSeconds(20))).isPresent();
    }

    private String get(String target) throws IOException {
        try (Wire wire = new Wire(console.address())) {
            return wire.send("GET " + target + " HTTP/1.1\r\n" + head(Role.ADMIN) + "\r\n")
                    .read()
                    .orElseThrow()
                    .body();
        }
    }

    private String head(Role role) {
        return "Host: " + console.address().getAuthority() + "\r\nAuthorization: Bearer "
                + tokens.get(role).text() + "\r\nX-ModelGate: 1\r\n";
    }

    /** Sends bytes and then no more, and returns the status that came; -1 if the connection was closed instead. */
    private int hostile(byte[] bytes) throws IOException {
        if (++sent % 97 == 0) {
            kill();
        }
        try (Wire wire = new Wire(console.address())) {
            try {
                wire.send(bytes);
                wire.shutdownOutput();
            } catch (IOException e) {
                // Closed before it was sent, which is an answer.
            }
            String start = new String(bytes, 0, Math.min(bytes.length, 200), StandardCharsets.ISO_8859_1);
            Optional<Wire.Response> answer = wire.head();
            int status = answer.map(Wire.Response::status).orElse(-1);
            if (status >= 500) {
                boolean refusedLog =
                        status == 503 && answer.get().header("Content-Type").equals("application/problem+json");
                boolean jdksOwn = status == 501 && start.contains("Transfer-Encoding");
                assertThat(refusedLog || jdksOwn).as("%s for %s", status, start).isTrue();
            }
            answer.ifPresent(there -> assertThat(there.headers()).doesNotContainKeys("x-injected", "x-b"));
            return status;
        }
    }

    private int hostile(String text) throws IOException {
        return hostile(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private String path(Route route, String part) {
        return route.pattern().replaceAll("\\{[a-z]+}", Matcher.quoteReplacement(part));
    }

    private String known(Route route) {
        return route.pattern()
                .replace("{gate}", "credit")
                .replace("{kill}", kills.get(0))
                .replace("{action}", "promote");
    }

    private static boolean refused(int status) {
        return status < 200 || status > 399;
    }

    private static int code(Route route) {
        return route.pattern().hashCode();
    }

    @Test
    void theRoutesOfTheDocumentAreThoseThatAreServed() {
        assertThat(console.routes()).isNotEmpty();
        console.routes().stream()
                .filter(Route::changes)
                .forEach(route ->
                        assertThat(openApi.body(route)).as(route.pattern()).isNotEmpty());
    }

    @Test
    void pathsThatLeadNowhere() throws IOException {
        Set<String> targets = new LinkedHashSet<>();
        for (Route route : console.routes()) {
            PARTS.forEach(part -> targets.add(path(route, part)));
            String target = known(route);
            for (String form : List.of(
                    target + "/",
                    "/" + target,
                    target.replace("/api", "/./api"),
                    "/x/.." + target,
                    target + "/..",
                    target + "%2f",
                    "http://localhost" + target,
                    "http://evil.example" + target)) {
                for (String method : List.of("GET", "HEAD", "POST")) {
                    int status = hostile(
                            method + " " + form + " HTTP/1.1\r\n" + head(Role.ADMIN) + "Content-Length: 0\r\n\r\n");
                    assertThat(status).as("%s %s", method, form).matches(HostileInputTest::refused, "refused");
                }
            }
        }
        for (String target : targets) {
            hostile("GET " + target + " HTTP/1.1\r\n" + head(Role.ADMIN) + "\r\n");
            hostile("HEAD " + target + " HTTP/1.1\r\n" + head(Role.ADMIN) + "\r\n");
            int status = hostile("POST " + target + " HTTP/1.1\r\n" + head(Role.ADMIN) + "Content-Length: 0\r\n\r\n");
            assertThat(status).as(target).matches(HostileInputTest::refused, "refused");
        }
        for (String part : PARTS) {
            hostile("GET /" + part + " HTTP/1.1\r\n" + head(Role.ADMIN) + "\r\n");
            hostile("GET /api/v1/openapi.yaml/" + part + " HTTP/1.1\r\n" + head(Role.ADMIN) + "\r\n");
        }
    }

    @Test
    void queriesThatMakeNoSense() throws IOException {
        for (Route route : console.routes()) {
            List<String> names = new ArrayList<>(openApi.query(route));
            names.addAll(List.of("x", "", "%00", "%ff"));
            for (String name : names) {
                for (String value : VALUES) {
                    String target = known(route) + "?" + name + "=" + value;
                    hostile(route.method() + " " + target + " HTTP/1.1\r\n" + head(Role.ADMIN) + "\r\n");
                    hostile(route.method() + " " + target + "&" + name + "=" + value + " HTTP/1.1\r\n"
                            + head(Role.ADMIN) + "\r\n");
                }
            }
            hostile(route.method() + " " + known(route) + "?" + "a&".repeat(3_000) + " HTTP/1.1\r\n" + head(Role.ADMIN)
                    + "\r\n");
        }
    }

    @Test
    void headersThatAreNone() throws IOException {
        for (Route route : console.routes()) {
            for (String header : HEADERS) {
                String start = route.method() + " " + known(route) + " HTTP/1.1\r\n";
                hostile(start + header + head(Role.ADMIN) + "\r\n");
                hostile(start + head(Role.ADMIN) + header + "\r\n");
                hostile(start.replace("1.1", "1.0") + head(Role.ADMIN) + header + "\r\nxyz");
            }
        }
    }

    @Test
    void requestsThatAreNone() throws IOException {
        for (String start : STARTS) {
            hostile(start);
            hostile(start.replace("\r\n\r\n", "\r\n" + head(Role.ADMIN) + "\r\n"));
            hostile(start + start + start);
        }
        for (int i = 0; i < 300; i++) {
            byte[] noise = new byte[1 + random.nextInt(2_000)];
            random.nextBytes(noise);
            hostile(noise);
            byte[] request = ("GET /api/v1/state HTTP/1.1\r\n" + head(Role.ADMIN) + "\r\n")
                    .getBytes(StandardCharsets.ISO_8859_1);
            for (int j = 0; j < 3; j++) {
                request[random.nextInt(request.length)] = (byte) random.nextInt(256);
            }
            hostile(request);
        }
    }

    @Test
    void bodiesThatAnOperationMustNotTake() throws IOException {
        for (Route route : console.routes()) {
            Map<String, Boolean> fields = openApi.body(route);
            HostileBodies bodies = new HostileBodies(SEED ^ code(route));
            for (byte[] body : bodies.of(fields.isEmpty() ? Map.of("reason", true) : fields)) {
                int status = hostile(request(route, head(Role.ADMIN) + "Content-Type: application/json\r\n", body));
                if (route.method().equals("POST") && route.changes()) {
                    assertThat(status).as("%s %s", route.pattern(), shown(body)).isBetween(400, 499);
                }
            }
            byte[] right = HostileBodies.json(HostileBodies.right(fields)).getBytes(StandardCharsets.UTF_8);
            if (route.changes()) {
                for (String type : List.of(
                        "",
                        "Content-Type: text/plain\r\n",
                        "Content-Type: application/x-www-form-urlencoded\r\n",
                        "Content-Type: application/jsonx\r\n",
                        "Content-Type: text/json, application/json\r\n")) {
                    assertThat(hostile(request(route, head(Role.ADMIN) + type, right)))
                            .isEqualTo(415);
                }
                assertThat(hostile(request(route, head(Role.VIEWER) + "Content-Type: application/json\r\n", right)))
                        .isEqualTo(403);
            }
        }
    }

    private byte[] request(Route route, String headers, byte[] body) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes((route.method() + " " + known(route) + " HTTP/1.1\r\n" + headers + "Content-Length: "
                        + body.length + "\r\n\r\n")
                .getBytes(StandardCharsets.ISO_8859_1));
        bytes.writeBytes(body);
        return bytes.toByteArray();
    }

    private static String shown(byte[] body) {
        return new String(Arrays.copyOf(body, Math.min(body.length, 300)), StandardCharsets.UTF_8);
    }

    @Test
    void lengthsThatLie() throws IOException {
        for (Route route : console.routes()) {
            String body = HostileBodies.json(HostileBodies.right(openApi.body(route)));
            String start = route.method() + " " + known(route) + " HTTP/1.1\r\n" + head(Role.ADMIN)
                    + "Content-Type: application/json\r\n";
            for (String chunks : CHUNKED) {
                hostile(start + "Transfer-Encoding: chunked\r\n\r\n" + chunks);
            }
            if (route.method().equals("POST")) {
                hostile(start + "Content-Length: " + (body.length() + 1) + "\r\n\r\n" + body);
                hostile(start + "Content-Length: " + (body.length() - 1) + "\r\n\r\n" + body);
                hostile(start + "Content-Length: 0\r\n\r\n" + body);
                hostile(start + "Content-Length: " + (Request.MOST_BYTES + 1) + "\r\n\r\n" + body);
                hostile(start + "Content-Length: " + Long.MAX_VALUE + "\r\n\r\n" + body);
                hostile(start + "Content-Length: " + body.length() + "\r\nTransfer-Encoding: chunked\r\n\r\n"
                        + Integer.toHexString(body.length()) + "\r\n" + body + "\r\n0\r\n\r\n");
            }
        }
    }

    @Test
    void everyMethodOnEveryRoute() throws IOException {
        for (Route route : console.routes()) {
            for (String method : List.of(
                    "OPTIONS", "PUT", "DELETE", "PATCH", "TRACE", "CONNECT", "FOO", "post", "GET\u0000", "GE\tT")) {
                int status = hostile(method + " " + known(route) + " HTTP/1.1\r\n" + head(Role.ADMIN)
                        + "Content-Length: 2\r\n\r\n{}");
                assertThat(status).as("%s %s", method, route.pattern()).matches(HostileInputTest::refused, "refused");
            }
        }
    }

    @Test
    void requestsOneAfterTheOtherWithoutWaiting() throws IOException {
        String ask = "GET /api/v1/me HTTP/1.1\r\n" + head(Role.ADMIN) + "\r\n";
        String act = "POST /api/v1/kills HTTP/1.1\r\n" + head(Role.VIEWER) + "Content-Length: 2\r\n\r\n{}";
        try (Wire wire = new Wire(console.address())) {
            wire.send(ask + act + ask + "GET /nothing HTTP/1.1\r\n" + head(Role.ADMIN) + "\r\n" + ask);
            List<Integer> statuses = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                wire.read().ifPresent(answer -> statuses.add(answer.status()));
            }
            assertThat(statuses).containsExactly(200, 403, 200, 404, 200);
        }
    }

    @Test
    void aFloodOfStrangersLeavesAHundredEntriesAndLetsOperatorsThrough() throws IOException {
        List<Route> routes = console.routes();
        for (int i = 0; i < 3_000; i++) {
            Route route = routes.get(random.nextInt(routes.size()));
            String host = "Host: localhost\r\n";
            int status = hostile(route.method() + " " + known(route) + " HTTP/1.1\r\n" + host + "\r\n");
            assertThat(status).isIn(401, 429);
        }
        assertThat(get("/api/v1/me")).contains("ADMIN");
    }

    @Test
    void aTokenWhereItDoesNotBelongIsRepeatedNowhere() throws IOException {
        String token = tokens.get(Role.ADMIN).text();
        URI address = console.address();
        String body = "{\"gate\":\"" + token + "\",\"reason\":\"x\",\"" + token + "\":1}";
        List<String> requests = List.of(
                "GET /api/v1/gates/" + token + " HTTP/1.1\r\n" + head(Role.VIEWER) + "\r\n",
                "GET /" + token + " HTTP/1.1\r\n" + head(Role.VIEWER) + "\r\n",
                "GET /api/v1/log?limit=" + token + " HTTP/1.1\r\n" + head(Role.VIEWER) + "\r\n",
                "GET /api/v1/me?access_token=" + token + " HTTP/1.1\r\nHost: " + address.getAuthority() + "\r\n\r\n",
                "GET /api/v1/me HTTP/1.1\r\nHost: " + address.getAuthority() + "\r\nAuthorization: " + token
                        + "\r\n\r\n",
                "GET /api/v1/me HTTP/1.1\r\nHost: " + token + "\r\n\r\n",
                token + " /api/v1/me HTTP/1.1\r\n" + head(Role.VIEWER) + "\r\n",
                "POST /api/v1/gates/credit/rollout/" + token + " HTTP/1.1\r\n" + head(Role.ADMIN)
                        + "Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}",
                "POST /api/v1/kills HTTP/1.1\r\n" + head(Role.ADMIN)
                        + "Content-Type: application/json\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
        for (String request : requests) {
            try (Wire wire = new Wire(address)) {
                Wire.Response answer = wire.send(request).read().orElseThrow();
                assertThat(answer.status()).isBetween(400, 499);
                assertThat(answer.head() + answer.body()).doesNotContain(token);
            }
        }
        assertThat(entries().toString()).doesNotContain(token);
    }
}
