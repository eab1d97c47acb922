package io.modelgate.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.modelgate.Gates;
import io.modelgate.Kill;
import io.modelgate.console.Token;
import io.modelgate.rollout.Rollouts;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.SmartLifecycle;

class ModelGateConsoleAutoConfigurationTest {

    private static final Token ALICE = Token.generate();
    private static final String AT = "modelgate.console.";

    @TempDir
    Path directory;

    private final ApplicationContextRunner application = Applications.with(CreditModel.Forest.class)
            .withConfiguration(
                    AutoConfigurations.of(ModelGateConsoleAutoConfiguration.class, SslAutoConfiguration.class));

    private ApplicationContextRunner served(String... more) {
        List<String> properties = new ArrayList<>(List.of(AT + "enabled=true", AT + "port=0"));
        properties.addAll(List.of(more));
        return application.withPropertyValues(properties.toArray(String[]::new));
    }

    private static String[] alice(String role) {
        return new String[] {
            AT + "tokens[0].actor=alice", AT + "tokens[0].role=" + role, AT + "tokens[0].sha256=" + ALICE.hash()
        };
    }

    private static URI address(ApplicationContext context) {
        return Objects.requireNonNull(
                ((MountedConsole) context.getBean("modelGateConsole", SmartLifecycle.class)).address());
    }

    private static HttpResponse<String> get(HttpClient client, URI uri, String... headers) throws Exception {
        return client.send(request(uri, headers).GET().build(), HttpResponse.BodyHandlers.ofString());
    }

    private static HttpRequest.Builder request(URI uri, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri);
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        return request;
    }

    @Test
    void theHolderOfATokenIsLetInAndNobodyElseIs() {
        served(alice("operator")).run(context -> {
            HttpClient client = HttpClient.newHttpClient();
            URI me = address(context).resolve("/api/v1/me");
            assertThat(me.getHost()).isEqualTo("127.0.0.1");
            HttpResponse<String> answer = get(client, me, "Authorization", "Bearer " + ALICE.text());
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.body()).contains("alice", "OPERATOR");
            assertThat(get(client, me).statusCode()).isEqualTo(401);
            assertThat(get(
                                    client,
                                    me,
                                    "Authorization",
                                    "Bearer " + Token.generate().text())
                            .statusCode())
                    .isEqualTo(401);
        });
    }

    @Test
    void whatItKillsIsKilledInTheApplicationByWhoAuthenticated() {
        served(alice("operator")).run(context -> {
            Gates gates = context.getBean(Gates.class);
            HttpResponse<String> killed = HttpClient.newHttpClient()
                    .send(
                            request(
                                            address(context).resolve("/api/v1/kills"),
                                            "Authorization",
                                            "Bearer " + ALICE.text(),
                                            "Content-Type",
                                            "application/json",
                                            "X-ModelGate",
                                            "1")
                                    .POST(HttpRequest.BodyPublishers.ofString(
                                            "{\"gate\": \"credit-risk\", \"reason\": \"approval rate fell\"}"))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
            assertThat(killed.statusCode()).as(killed.body()).isEqualTo(201);
            assertThat(gates.gate("credit-risk").live()).isFalse();
            Kill kill = gates.kills().get(0);
            assertThat(kill.actor().name()).isEqualTo("alice");
            assertThat(kill.actor().authentication()).isEqualTo("console-token");
        });
    }

    @Test
    void aProxyMayNameThoseWhoAreListed() {
        served(AT + "proxy.header=X-Forwarded-User", AT + "proxy.users.bob=viewer", AT + "proxy.users[c@x.de]=admin")
                .run(context -> {
                    HttpClient client = HttpClient.newHttpClient();
                    URI me = address(context).resolve("/api/v1/me");
                    assertThat(get(client, me, "X-Forwarded-User", "bob").body())
                            .contains("bob", "VIEWER");
                    assertThat(get(client, me, "X-Forwarded-User", "c@x.de").body())
                            .contains("c@x.de", "ADMIN");
                    assertThat(get(client, me, "X-Forwarded-User", "mallory").statusCode())
                            .isEqualTo(401);
                });
    }

    @Test
    void itLooksAfterTheRolloutsOfTheApplication() {
        served(alice("viewer")).run(context -> {
            HttpResponse<String> answer = get(
                    HttpClient.newHttpClient(),
                    address(context).resolve("/api/v1/rollouts"),
                    "Authorization",
                    "Bearer " + ALICE.text());
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            assertThat(context.getBeanFactory().containsSingleton("rollouts")).isTrue();
            assertThat(context).hasSingleBean(Rollouts.class);
        });
    }

    @Test
    void itStopsWithTheApplicationAndBeforeTheGates() {
        URI[] address = new URI[1];
        Gates[] gates = new Gates[1];
        served(alice("viewer")).run(context -> {
            address[0] = address(context);
            gates[0] = context.getBean(Gates.class);
            MountedConsole console = (MountedConsole) context.getBean("modelGateConsole", SmartLifecycle.class);
            assertThat(console.getPhase()).isEqualTo(SmartLifecycle.DEFAULT_PHASE);
            console.stop();
            assertThat(gates[0].closed()).isFalse();
            assertThat(console.isRunning()).isFalse();
            console.start(); // as a context that was stopped is
            address[0] = address(context);
            assertThat(get(HttpClient.newHttpClient(), address[0]).statusCode()).isLessThan(500);
        });
        assertThat(gates[0].closed()).isTrue();
        assertThatThrownBy(() -> get(HttpClient.newHttpClient(), address[0])).isInstanceOf(ConnectException.class);
    }

    @Test
    void itIsOffUnlessItIsAskedFor() {
        application
                .withPropertyValues(alice("operator"))
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean("modelGateConsole"));
        application
                .withPropertyValues(AT + "enabled=no")
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean("modelGateConsole"));
    }

    @Test
    void withoutTheModuleItSaysSo() {
        assertThat(Applications.failure(
                        served(alice("operator")).withClassLoader(new FilteredClassLoader("io.modelgate.console"))))
                .contains("modelgate.console.enabled = true", "io.modelgate:modelgate-console");
        application
                .withClassLoader(new FilteredClassLoader("io.modelgate.console"))
                .run(context -> assertThat(context).hasNotFailed());
    }

    @Test
    void nobodyMayUseItIsAMistake() {
        assertThat(Applications.failure(served())).contains("modelgate.console.tokens", "`modelgate token`");
        assertThat(Applications.failure(served(AT + "proxy.header=X-User")))
                .contains("modelgate.console.proxy.header = X-User", "modelgate.console.proxy.users is empty");
        assertThat(Applications.failure(served(AT + "proxy.users.bob=viewer")))
                .contains("modelgate.console.proxy.header", "in which header");
    }

    @Test
    void whatATokenLacksIsNamed() {
        assertThat(Applications.failure(served(AT + "tokens[0].actor=alice", AT + "tokens[1].sha256=" + ALICE.hash())))
                .contains(
                        "modelgate.console.tokens[0].role",
                        "modelgate.console.tokens[0].sha256",
                        "modelgate.console.tokens[1].actor",
                        "modelgate.console.tokens[1].role")
                .doesNotContain(ALICE.hash());
        assertThat(Applications.failure(served(alice("root"))))
                .contains("modelgate.console.tokens[0].role", "approver");
    }

    @Test
    void aHashThatIsNoneIsRefusedWithoutBeingShown() {
        String password = "correct-horse-battery";
        String failure = Applications.failure(
                served(AT + "tokens[0].actor=alice", AT + "tokens[0].role=admin", AT + "tokens[0].sha256=" + password));
        assertThat(failure)
                .contains("modelgate.console.tokens[0]", "64 hexadecimal digits")
                .doesNotContain(password);
        String twice = Applications.failure(served(
                AT + "tokens[0].actor=alice",
                AT + "tokens[0].role=admin",
                AT + "tokens[0].sha256=" + ALICE.hash(),
                AT + "tokens[1].actor=bob",
                AT + "tokens[1].role=viewer",
                AT + "tokens[1].sha256=" + ALICE.hash()));
        assertThat(twice)
                .contains("modelgate.console.tokens[1]", "have the same hash")
                .doesNotContain(ALICE.hash());
    }

    @Test
    void aHashIsASecretWhereverPropertiesAreShown() {
        for (String property : List.of(
                "modelgate.console.tokens[0].sha256",
                "MODELGATE_CONSOLE_TOKENS_12_SHA256",
                "modelgate.console.tokens.0.sha-256")) {
            assertThat(Origins.isCredential(property)).as(property).isTrue();
        }
        assertThat(Origins.isCredential("modelgate.console.tokens[0].actor")).isFalse();
        ConfigurationPropertyName hash = ConfigurationPropertyName.of("modelgate.console.tokens[0].sha256");
        assertThat(KnownKeys.isKnown(hash)).isTrue();
        assertThat(Origins.isOpen(hash, ALICE.hash())).isFalse();
        assertThat(new ModelGateProperties.OperatorToken("alice", null, ALICE.hash()))
                .asString()
                .contains("alice")
                .doesNotContain(ALICE.hash());
    }

    @Test
    void tokensDoNotGoOverANetworkUnencrypted() {
        String[] open = {AT + "address=0.0.0.0", AT + "tokens[0].actor=a", AT + "tokens[0].role=viewer"};
        List<String> properties = new ArrayList<>(List.of(open));
        properties.add(AT + "tokens[0].sha256=" + ALICE.hash());
        assertThat(Applications.failure(served(properties.toArray(String[]::new))))
                .contains("modelgate.console.address = 0.0.0.0", "ssl.bundle", "behind-proxy");
        properties.add(AT + "behind-proxy=true");
        assertThat(Applications.failure(served(properties.toArray(String[]::new))))
                .isEqualTo("it started");
    }

    @Test
    void valuesOutOfRangeAreNamed() {
        assertThat(Applications.failure(served(alice("viewer")).withPropertyValues(AT + "port=70000")))
                .contains("modelgate.console.port = 70000", "expected 0 to 65535");
        assertThat(Applications.failure(served(alice("viewer")).withPropertyValues(AT + "requests-per-second=0")))
                .contains("modelgate.console.requests-per-second = 0", "expected 1 to 100000");
        assertThat(Applications.failure(served(alice("viewer")).withPropertyValues(AT + "hosts=ops.example.com,a/b")))
                .contains("modelgate.console.hosts[1]", "without scheme and port");
        assertThat(Applications.failure(served(alice("viewer")).withPropertyValues(AT + "adress=127.0.0.1")))
                .contains(
                        "there is no key \"adress\" under modelgate.console; expected one of [enabled, config, port, address");
    }

    @Test
    void aFileMaySayItAll() throws IOException {
        Path file = Files.writeString(directory.resolve("console.yaml"), """
                listen: 127.0.0.1:0
                tokens:
                  - {actor: alice, role: approver, sha256: %s}
                """.formatted(ALICE.hash()));
        String[] config = {AT + "enabled=true", AT + "config=" + file};
        application
                .withPropertyValues(config)
                .run(context -> assertThat(get(
                                        HttpClient.newHttpClient(),
                                        address(context).resolve("/api/v1/me"),
                                        "Authorization",
                                        "Bearer " + ALICE.text())
                                .body())
                        .contains("alice", "APPROVER"));
        assertThat(Applications.failure(application.withPropertyValues(config).withPropertyValues(alice("viewer"))))
                .contains("modelgate.console.tokens", "and so is modelgate.console.config");
        assertThat(Applications.failure(served(AT + "config=" + file)))
                .contains("modelgate.console.port = 0", "and so is modelgate.console.config");
        Files.writeString(file, "tokens: [{actor: alice, role: root, sha256: x}]");
        assertThat(Applications.failure(application.withPropertyValues(config)))
                .contains("modelgate.console.config = " + file, file + ":1:", "approver");
    }

    @Test
    void aPortThatIsTakenKeepsTheApplicationFromStarting() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress())) {
            assertThat(Applications.failure(
                            served(alice("viewer")).withPropertyValues(AT + "port=" + taken.getLocalPort())))
                    .contains("the console cannot listen on", "modelgate.console.port");
        }
    }

    @Test
    void anSslBundleEncryptsIt() throws Exception {
        Path file = directory.resolve("key.p12");
        String password = "not-a-secret";
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "console",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=localhost",
                        "-ext",
                        "san=ip:127.0.0.1",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        file.toString(),
                        "-storepass",
                        password)
                .inheritIO()
                .start();
        assertThat(keytool.waitFor(60, TimeUnit.SECONDS)).isTrue();
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            keys.load(in, password.toCharArray());
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(keys);
        SSLContext trusting = SSLContext.getInstance("TLS");
        trusting.init(null, trust.getTrustManagers(), null);

        ApplicationContextRunner encrypted = served(alice("viewer"))
                .withPropertyValues(
                        "spring.ssl.bundle.jks.ops.keystore.location=" + file.toUri(),
                        "spring.ssl.bundle.jks.ops.keystore.password=" + password,
                        "spring.ssl.bundle.jks.ops.keystore.type=PKCS12");
        encrypted.withPropertyValues(AT + "ssl.bundle=ops").run(context -> {
            URI address = address(context);
            assertThat(address.getScheme()).isEqualTo("https");
            HttpResponse<String> answer = get(
                    HttpClient.newBuilder().sslContext(trusting).build(),
                    address.resolve("/api/v1/me"),
                    "Authorization",
                    "Bearer " + ALICE.text());
            assertThat(answer.body()).contains("alice");
        });
        assertThat(Applications.failure(encrypted.withPropertyValues(AT + "ssl.bundle=opps")))
                .contains("modelgate.console.ssl.bundle = opps", "there is no SSL bundle of that name");
    }

    @Test
    void aNativeImageKeepsItsPage() {
        RuntimeHints hints = new RuntimeHints();
        new ModelGateConsoleAutoConfiguration.Files()
                .registerHints(hints, getClass().getClassLoader());
        assertThat(RuntimeHintsPredicates.resource().forResource("io/modelgate/console/page/index.html"))
                .accepts(hints);
        assertThat(RuntimeHintsPredicates.resource().forResource("io/modelgate/console/openapi.yaml"))
                .accepts(hints);
    }
}
