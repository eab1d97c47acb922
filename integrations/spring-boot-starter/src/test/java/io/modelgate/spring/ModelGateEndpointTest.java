package io.modelgate.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelgate.Actor;
import io.modelgate.Caller;
import io.modelgate.Gates;
import io.modelgate.Kill;
import io.modelgate.ModelGate;
import io.modelgate.Scope;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.security.Principal;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.security.authentication.AnonymousAuthenticationToken;
import org.springframework.web.filter.OncePerRequestFilter;

class ModelGateEndpointTest {

    private static final String WRITES = "modelgate.actuator.writes=true";
    private static final Duration SOON = Duration.ofSeconds(10);
    private static final String[] ALICE = {"X-Test-User", "alice"};

    /** Started once for each set of properties, as that takes its time; a test leaves no kill behind. */
    private static final Map<List<String>, TestApplication> STARTED = new HashMap<>();

    private TestApplication application;

    @SpringBootConfiguration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @ImportAutoConfiguration(ModelGateActuatorAutoConfiguration.class)
    static class Application {

        @Bean(destroyMethod = "close")
        Gates gates() {
            return Gates.open(g -> {});
        }

        @Bean
        ModelGate<String, String> credit(Gates gates) {
            return gates.gate(
                    "credit-risk",
                    g -> g.stable("v1", input -> "one")
                            .version("v2", input -> "two")
                            .attributes("region"));
        }

        @Bean
        ModelGate<String, String> offers(Gates gates) {
            return gates.gate("offers", g -> g.stable("a", input -> "offer"));
        }

        /** Stands in for whatever logs users in. */
        @Bean
        OncePerRequestFilter login() {
            return new Login();
        }
    }

    private static final class Login extends OncePerRequestFilter {
        @Override
        protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
                throws ServletException, IOException {
            String user = request.getHeader("X-Test-User");
            chain.doFilter(
                    new HttpServletRequestWrapper(request) {
                        @Override
                        public Principal getUserPrincipal() {
                            return user == null ? null : () -> user;
                        }
                    },
                    response);
        }
    }

    private void start(String... properties) {
        application = STARTED.computeIfAbsent(
                List.of(properties), given -> TestApplication.start(Application.class, properties));
    }

    private Gates gates() {
        return application.bean(Gates.class);
    }

    private List<Kill> kills() {
        return gates().kills();
    }

    @AfterEach
    void reviveAll() {
        for (TestApplication each : STARTED.values()) {
            Gates gates = each.bean(Gates.class);
            for (Kill kill : gates.kills()) {
                assertThat(gates.revive(kill.id(), Actor.of("test"), "over").stored(SOON))
                        .isTrue();
            }
        }
    }

    @AfterAll
    static void stop() {
        STARTED.values().forEach(TestApplication::close);
        STARTED.clear();
    }

    @Test
    @SuppressWarnings("unchecked")
    void theStateNamesEveryGateWithItsVersionsAndWhatIsKilled() {
        start();
        gates().kill(Scope.version("credit-risk", "v2"), Actor.of("bob"), "approval rate fell");

        Map<String, Object> state = application.get("/actuator/modelgate").json();

        List<Map<String, Object>> all = (List<Map<String, Object>>) state.get("gates");
        assertThat(all)
                .extracting(gate -> gate.get("name"))
                .startsWith("credit-risk")
                .endsWith("offers");
        Map<String, Object> credit = all.get(0);
        assertThat(credit)
                .containsEntry("stable", "v1")
                .containsEntry("here", true)
                .containsEntry("live", true);
        List<Map<String, Object>> versions = (List<Map<String, Object>>) credit.get("versions");
        assertThat(versions).extracting(version -> version.get("live")).containsExactly(true, false);
        assertThat(versions).extracting(version -> version.get("breaker")).containsExactly("CLOSED", "CLOSED");
        List<Map<String, Object>> kills = (List<Map<String, Object>>) state.get("kills");
        assertThat(kills)
                .singleElement()
                .satisfies(kill -> assertThat(kill)
                        .containsEntry("scope", "credit-risk/v2")
                        .containsEntry("actor", "bob")
                        .containsEntry("reason", "approval rate fell"));
    }

    @Test
    @SuppressWarnings("unchecked")
    void theStateSaysWhereTheLogEndsAndHowCurrentItIs() {
        start();

        Map<String, Object> log = (Map<String, Object>)
                application.get("/actuator/modelgate").json().get("log");

        assertThat(log)
                .containsEntry("known", true)
                .containsEntry("closed", false)
                .containsEntry("staleness", "PT0S")
                .containsEntry("hash", gates().log().head().hash());
        assertThat(((Number) log.get("head")).longValue())
                .isEqualTo(gates().log().head().seq())
                .isPositive();
    }

    @Test
    @SuppressWarnings("unchecked")
    void oneGateComesWithItsOwnLatestEntriesAndThoseOfTheFleet() {
        start();
        gates().gate("fresh", g -> g.stable("v1", input -> input));
        gates().gate("fresh").kill(Actor.of("bob"), "first").stored(SOON);
        gates().gate("offers").kill(Actor.of("bob"), "of another gate").stored(SOON);
        gates().kill(Scope.fleet(), Actor.of("carol"), "second").stored(SOON);

        List<Map<String, Object>> entries = (List<Map<String, Object>>)
                application.get("/actuator/modelgate/fresh").json().get("entries");

        assertThat(entries).extracting(entry -> entry.get("reason")).containsExactly("second", "first", "");
        assertThat(entries).extracting(entry -> entry.get("type")).containsExactly("kill", "kill", "declare");
        assertThat(entries).extracting(entry -> entry.get("gate")).containsExactly("*", "fresh", "fresh");
    }

    @Test
    void anUnknownGateIsNotFoundAndNoneIsMade() {
        start(WRITES);

        assertThat(application.get("/actuator/modelgate/credit").status()).isEqualTo(404);
        assertThat(application
                        .post("/actuator/modelgate/credit/kill", "{\"reason\": \"typo\"}", ALICE)
                        .status())
                .isEqualTo(404);

        assertThat(gates().describe()).extracting(gate -> gate.name()).containsExactly("credit-risk", "offers");
        assertThat(kills()).isEmpty();
    }

    @Test
    void withoutThePropertyNothingCanBeKilled() {
        start();

        assertThat(application
                        .post("/actuator/modelgate/offers/kill", "{\"reason\": \"x\"}", ALICE)
                        .status())
                .isIn(404, 405);
        assertThat(kills()).isEmpty();
    }

    @Test
    void aKillIsInForceWhenTheRequestReturnsAndItsActorIsThePrincipal() {
        start(WRITES);

        TestApplication.Answer answer = application.post(
                "/actuator/modelgate/credit-risk/kill",
                "{\"version\": \"v1\", \"reason\": \"approval rate fell\", \"actor\": \"mallory\", \"principal\": \"mallory\"}",
                ALICE);

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json()).containsEntry("stored", true);
        assertThat(kills()).singleElement().satisfies(kill -> {
            assertThat(kill.actor()).isEqualTo(new Actor("alice", "actuator"));
            assertThat(kill.scope()).isEqualTo(Scope.version("credit-risk", "v1"));
            assertThat(kill.reason()).isEqualTo("approval rate fell");
        });
        assertThat(application
                        .bean(Gates.class)
                        .gate("credit-risk")
                        .version("v1")
                        .live())
                .isFalse();
    }

    @Test
    void aNarrowedKillLeavesOtherCallersTheirModel() {
        start(WRITES);

        application.post(
                "/actuator/modelgate/credit-risk/kill",
                "{\"attribute\": \"region\", \"value\": \"eu\", \"reason\": \"complaints\"}",
                ALICE);

        ModelGate<?, ?> credit = gates().gate("credit-risk");
        assertThat(credit.live(Caller.of("u").with("region", "eu"))).isFalse();
        assertThat(credit.live(Caller.of("u").with("region", "us"))).isTrue();
    }

    @Test
    void theStarIsTheFleet() {
        start(WRITES);

        TestApplication.Answer answer =
                application.post("/actuator/modelgate/*/kill", "{\"reason\": \"all off\"}", ALICE);

        assertThat(answer.status()).isEqualTo(200);
        assertThat(kills())
                .singleElement()
                .satisfies(kill -> assertThat(kill.scope()).isEqualTo(Scope.fleet()));
    }

    @Test
    void withoutAPrincipalNothingIsKilledWhateverTheBodySays() {
        start(WRITES);

        TestApplication.Answer answer =
                application.post("/actuator/modelgate/offers/kill", "{\"reason\": \"x\", \"actor\": \"alice\"}");

        assertThat(answer.status()).isEqualTo(403);
        assertThat(answer.body()).contains("nobody is logged in");
        assertThat(kills()).isEmpty();
    }

    @Test
    void whoIsLoggedInAsNobodyKillsNothing() {
        Gates gates = Gates.open(g -> {});
        gates.gate("offers", g -> g.stable("a", input -> input));
        Principal anonymous = new AnonymousAuthenticationToken();
        SecurityContext security = new SecurityContext() {
            @Override
            public Principal getPrincipal() {
                return anonymous;
            }

            @Override
            public boolean isUserInRole(String role) {
                return true;
            }
        };

        WebEndpointResponse<Object> response = write(new EndpointWrites(gates, true), security);

        assertThat(response.getStatus()).isEqualTo(403);
        assertThat(gates.kills()).isEmpty();
        gates.close();
    }

    private static WebEndpointResponse<Object> write(EndpointWrites writes, SecurityContext security) {
        return writes.write(security, null, null, null, null, null, null, "x", new String[] {"offers", "kill"});
    }

    /** Of an application that was processed ahead of time, when they were enabled. */
    @Test
    void writesThatAreNotEnabledAtRunTimeAreNotThere() {
        Gates gates = Gates.open(g -> {});
        gates.gate("offers", g -> g.stable("a", input -> input));

        assertThat(write(new EndpointWrites(gates, false), SecurityContext.NONE).getStatus())
                .isEqualTo(404);
        assertThat(gates.kills()).isEmpty();
        gates.close();
    }

    /** The actuator puts the body and the query over the path. */
    @Test
    void onlyThePathSaysWhatIsKilled() {
        start(WRITES);
        String path = "/actuator/modelgate/offers/kill";

        assertThat(List.of(
                        application.post(path, "{\"gate\": \"*\", \"reason\": \"x\"}", ALICE),
                        application.post(path, "{\"operation\": \"revive\", \"reason\": \"x\"}", ALICE),
                        application.post(path, "{\"path\": \"*,kill\", \"reason\": \"x\"}", ALICE),
                        application.post(path, "{\"path\": [\"*\", \"kill\"], \"reason\": \"x\"}", ALICE),
                        application.post(path + "?gate=*", "{\"reason\": \"x\"}", ALICE),
                        application.post(path + "?path=*,kill", "{\"reason\": \"x\"}", ALICE),
                        application.post(path + "?path=*&path=kill", "{\"reason\": \"x\"}", ALICE)))
                .extracting(TestApplication.Answer::status)
                .containsOnly(400);
        assertThat(application
                        .post("/actuator/modelgate/offers/kill/v1", "{\"reason\": \"x\"}", ALICE)
                        .status())
                .isEqualTo(404);
        assertThat(kills()).isEmpty();
    }

    @Test
    void theInfoShowsNothingOfTheCallersThatAKillIsNarrowedTo() {
        start();
        gates().gate("credit-risk").version("v2").kill(Actor.of("bob"), "complaints");
        gates().kill(new Scope("credit-risk", null, "region", "acme-land"), Actor.of("bob"), "complaints");

        assertThat(application.get("/actuator/info").body())
                .contains("\"credit-risk/v2\"", "\"credit-risk\"")
                .doesNotContain("acme-land", "region");
    }

    @Test
    void aWrongArgumentIsABadRequestThatSaysWhatThereIs() {
        start(WRITES);
        String kill = "/actuator/modelgate/credit-risk/kill";

        TestApplication.Answer version = application.post(kill, "{\"version\": \"v3\", \"reason\": \"x\"}", ALICE);
        TestApplication.Answer attribute =
                application.post(kill, "{\"attribute\": \"land\", \"value\": \"eu\", \"reason\": \"x\"}", ALICE);
        TestApplication.Answer half = application.post(kill, "{\"attribute\": \"region\", \"reason\": \"x\"}", ALICE);
        TestApplication.Answer reason = application.post(kill, "{}", ALICE);

        assertThat(List.of(version, attribute, half, reason))
                .extracting(TestApplication.Answer::status)
                .containsOnly(400);
        assertThat(version.body()).contains("known versions are [v1, v2]");
        assertThat(attribute.body()).contains("declared are [region]");
        assertThat(half.body()).contains("give both or neither");
        assertThat(reason.body()).contains("reason is missing");
        assertThat(kills()).isEmpty();
    }

    @Test
    void anOperationThatIsNeitherKillNorReviveDoesNothing() {
        start(WRITES);

        assertThat(application
                        .post("/actuator/modelgate/offers/promote", "{\"reason\": \"x\"}", ALICE)
                        .status())
                .isEqualTo(404);
        assertThat(kills()).isEmpty();
    }

    @Test
    @SuppressWarnings("unchecked")
    void aReviveReleasesTheKillItNamesAndSaysWhatIsLeft() {
        start(WRITES);
        String first = gates().gate("offers").kill(Actor.of("bob"), "one").id();
        String second = gates().kill(Scope.fleet(), Actor.of("bob"), "two").id();

        TestApplication.Answer answer = application.post(
                "/actuator/modelgate/offers/revive", "{\"kill\": \"" + first + "\", \"reason\": \"fixed\"}", ALICE);

        assertThat(answer.status()).isEqualTo(200);
        assertThat((List<Map<String, Object>>) answer.json().get("stillEngaged"))
                .extracting(kill -> kill.get("id"))
                .containsExactly(second);
        assertThat(kills()).extracting(Kill::id).containsExactly(second);
    }

    @Test
    void aKillIsRevivedWhereItIs() {
        start(WRITES);
        String fleet = gates().kill(Scope.fleet(), Actor.of("bob"), "all off").id();

        TestApplication.Answer elsewhere = application.post(
                "/actuator/modelgate/offers/revive", "{\"kill\": \"" + fleet + "\", \"reason\": \"fixed\"}", ALICE);
        TestApplication.Answer unknown = application.post(
                "/actuator/modelgate/offers/revive", "{\"kill\": \"kill-0\", \"reason\": \"fixed\"}", ALICE);

        assertThat(elsewhere.status()).isEqualTo(400);
        assertThat(unknown.status()).isEqualTo(400);
        assertThat(unknown.body()).contains("is not engaged");
        assertThat(kills()).hasSize(1);
    }

    @Test
    @SuppressWarnings("unchecked")
    void theCallsOfAGateShowWhatTheyCameTo() {
        start();
        ModelGate<String, String> credit = (ModelGate<String, String>) application.bean("credit", ModelGate.class);
        credit.call("x", Caller.anonymous());
        credit.kill(Actor.of("bob"), "off");
        credit.decide("x", Caller.anonymous());

        Map<String, Object> gate = (Map<String, Object>)
                application.get("/actuator/modelgate/credit-risk").json().get("gate");

        Map<String, Object> calls = (Map<String, Object>) gate.get("calls");
        assertThat(calls.get("answered")).isEqualTo(Map.of("v1", 1, "v2", 0));
        assertThat(calls.get("byCause")).isEqualTo(Map.of("KILLED", 1));
        assertThat(gate).containsEntry("live", false);
    }

    @Test
    void theInfoNamesVersionsAndKillsButNoReason() {
        start();
        gates().gate("offers").kill(Actor.of("bob"), "a reason of ours");

        TestApplication.Answer info = application.get("/actuator/info");

        assertThat(info.body()).contains("credit-risk", "v1", "offers").doesNotContain("bob", "a reason");
    }
}
