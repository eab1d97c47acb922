package io.modelgate.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.modelgate.Actor;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a webhook hears. */
class NotificationTest {

    private static final int EVENTS = 5;

    private final List<String> bodies = new CopyOnWriteArrayList<>();
    private HttpServer server;
    private URI uri;

    @BeforeEach
    void listens() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            bodies.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        server.start();
        uri = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/");
    }

    @AfterEach
    void stopsListening() {
        server.stop(0);
    }

    @Test
    void whatTheCommandDecidesIsToldToo() {
        Rig.World world = new Rig.World();
        try (Webhook hook = Webhook.to(uri, w -> w.secret("0123456789abcdef"));
                Rig rig = new Rig(world, r -> r.webhook(hook))) {
            rig.promoted("v2");
            rig.gate.rollback(Actor.of("bob"), "approvals fell");
            rig.minutes(1);
            while (bodies.stream().noneMatch(body -> body.contains("\"rolled-back\"")) && hook.givenUp() == 0) {
                Thread.onSpinWait();
            }
            assertThat(bodies).anyMatch(body -> body.contains("rolled-back") && body.contains("bob"));
        }
    }

    @Test
    void ofSeveralProcessesEachNotifiesOfItsOwnDecisionsSoThatEachIsToldOnce() {
        Rig.World world = new Rig.World();
        try (Webhook hook = Webhook.to(uri, w -> w.secret("0123456789abcdef"))) {
            Consumer<RolloutsBuilder> hooked = r -> r.webhook(hook);
            try (Rig one = new Rig(world, hooked.andThen(r -> r.instance("one")));
                    Rig two = new Rig(world, hooked.andThen(r -> r.instance("two")))) {
                one.promoted("v2");
                two.minutes(1);
                while (hook.delivered() + hook.givenUp() + hook.dropped() < EVENTS) {
                    Thread.onSpinWait();
                }
            }
            assertThat(bodies).hasSize(EVENTS);
            for (String event : List.of("\"started\"", "\"stepped\"", "\"promoted\"", "\"soaking\"")) {
                assertThat(String.join("\n", bodies)).contains(event);
            }
            assertThat(bodies).allSatisfy(body -> assertThat(body).contains("\"credit-risk\"", "\"entry\""));
        }
    }
}
