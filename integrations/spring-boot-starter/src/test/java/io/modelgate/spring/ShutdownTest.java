package io.modelgate.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelgate.Actor;
import io.modelgate.CallerKey;
import io.modelgate.GateEvent;
import io.modelgate.Gated;
import io.modelgate.Gates;
import io.modelgate.Kill;
import io.modelgate.KillReceipt;
import io.modelgate.ModelGate;
import io.modelgate.Scope;
import io.modelgate.Version;
import io.modelgate.control.FileControlLog;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Import;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** What becomes of calls, kills and threads when the application is asked to stop while it serves. */
@Timeout(300)
class ShutdownTest {

    private static final String USER = "user-42";

    @TempDir
    Path directory;

    /** What the models of the running application wait for, and what they saw. */
    private static Held held = new Held();

    private static final class Held {

        final CountDownLatch asked = new CountDownLatch(3);
        final CountDownLatch stopping = new CountDownLatch(1);
        final CountDownLatch answer = new CountDownLatch(1);
        final CompletableFuture<String> later = new CompletableFuture<>();
        final Sinks.One<String> mono = Sinks.one();

        /** Whether the gates were closed already when something was served. */
        final Map<String, Boolean> closed = new ConcurrentHashMap<>();
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    @BeforeEach
    void begin() {
        held = new Held();
    }

    interface Scores {

        @Gated(value = "scores", fallback = "rule")
        String score(@CallerKey String user);

        default String rule(String user) {
            return "rule";
        }
    }

    @Component
    @Version("v1")
    static class Forest implements Scores {
        @Override
        public String score(String user) {
            held.asked.countDown();
            await(held.answer);
            return "forest";
        }
    }

    @Component
    static class Limits {

        @Gated("later")
        public CompletableFuture<String> later(@CallerKey String user) {
            held.asked.countDown();
            return held.later;
        }

        @Gated("mono")
        public Mono<String> mono(@CallerKey String user) {
            held.asked.countDown();
            return held.mono.asMono();
        }

        @Gated("last")
        public String last(@CallerKey String user) {
            return "last";
        }
    }

    @RestController
    static class Requests {

        private final Scores scores;
        private final Limits limits;
        private final Gates gates;

        Requests(Scores scores, Limits limits, Gates gates) {
            this.scores = scores;
            this.limits = limits;
            this.gates = gates;
        }

        @GetMapping("/score")
        String score() {
            return seen("score", scores.score(USER));
        }

        @GetMapping("/later")
        CompletableFuture<String> later() {
            return limits.later(USER).thenApply(answer -> seen("later", answer));
        }

        @GetMapping("/mono")
        Mono<String> mono() {
            return limits.mono(USER).map(answer -> seen("mono", answer));
        }

        private String seen(String path, String answer) {
            held.closed.put(path, gates.closed());
            return answer;
        }
    }

    /** Asks a model once more while the application takes its beans away. */
    @Component
    static class Farewell implements DisposableBean {

        private final Limits limits;
        private final Gates gates;

        Farewell(Limits limits, Gates gates) {
            this.limits = limits;
            this.gates = gates;
        }

        @Override
        public void destroy() {
            assertThat(limits.last(USER)).isEqualTo("last");
            held.closed.put("farewell", gates.closed());
        }
    }

    @Component
    static class Heard {

        final CountDownLatch killed = new CountDownLatch(1);

        @EventListener
        void on(ContextClosedEvent event) {
            held.stopping.countDown();
        }

        @EventListener
        void on(GateEvent.Killed kill) {
            killed.countDown();
        }
    }

    @SpringBootConfiguration
    @EnableAutoConfiguration
    @Import({Forest.class, Limits.class, Requests.class, Farewell.class, Heard.class})
    static class Service {}

    private TestApplication start(String... more) {
        List<String> properties = new ArrayList<>(List.of(
                "server.shutdown=graceful",
                "spring.lifecycle.timeout-per-shutdown-phase=120s",
                "modelgate.log.file=" + directory.resolve("modelgate.log"),
                "modelgate.budgets.ledger=" + directory.resolve("ledger"),
                "modelgate.observations.enabled=true",
                "modelgate.gates.scores.enforce-timeouts=true",
                "modelgate.gates.scores.cut-in-flight-on-kill=true",
                "modelgate.gates.scores.model-timeout=30s",
                "modelgate.gates.scores.deadline=31s"));
        properties.addAll(List.of(more));
        return TestApplication.start(Service.class, properties.toArray(String[]::new));
    }

    private static CompletableFuture<TestApplication.Answer> ask(TestApplication service, String path) {
        return CompletableFuture.supplyAsync(() -> service.get(path), task -> new Thread(task, "client").start());
    }

    private static CompletableFuture<Void> stop(TestApplication service) {
        return CompletableFuture.runAsync(service::close, task -> new Thread(task, "stop").start());
    }

    private static Set<Thread> threadsOfGates() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("modelgate"))
                .collect(Collectors.toSet());
    }

    /** That this kill, and no other, is in the log. */
    private void assertKept(Scope scope) {
        try (Gates next = Gates.open(g -> g.controlLog(FileControlLog.open(directory.resolve("modelgate.log"))))) {
            assertThat(next.kills()).extracting(Kill::scope).containsExactly(scope);
        }
    }

    @Test
    void callsInFlightGetTheirAnswersAndAKillMadeMeanwhileIsKept() throws Exception {
        Set<Thread> before = threadsOfGates();
        TestApplication service = start();
        Gates gates = service.bean(Gates.class);
        Heard heard = service.bean(Heard.class);
        CompletableFuture<TestApplication.Answer> score = ask(service, "/score");
        CompletableFuture<TestApplication.Answer> later = ask(service, "/later");
        CompletableFuture<TestApplication.Answer> mono = ask(service, "/mono");
        await(held.asked);

        CompletableFuture<Void> stop = stop(service);
        await(held.stopping);
        KillReceipt kill = gates.kill(Scope.gate("last"), Actor.of("alice"), "looks wrong");
        assertThat(kill.stored(Duration.ofSeconds(30))).isTrue();
        await(heard.killed);
        gates.revive(kill.kill().id(), Actor.of("alice"), "").stored(Duration.ofSeconds(30));
        gates.kill(Scope.gate("later"), Actor.of("alice"), "looks wrong");
        assertThat(stop).isNotDone();

        held.answer.countDown();
        held.later.complete("in time");
        held.mono.tryEmitValue("in time");
        assertThat(score.get(60, TimeUnit.SECONDS).body()).isEqualTo("forest");
        assertThat(later.get(60, TimeUnit.SECONDS).body()).isEqualTo("in time");
        assertThat(mono.get(60, TimeUnit.SECONDS).body()).isEqualTo("in time");
        stop.get(60, TimeUnit.SECONDS);

        assertThat(held.closed)
                .containsOnlyKeys("score", "later", "mono", "farewell")
                .doesNotContainValue(true);
        assertThat(gates.closed()).isTrue();
        assertKept(Scope.gate("later"));
        Set<Thread> left = threadsOfGates();
        left.removeAll(before);
        for (Thread thread : left) {
            thread.join(TimeUnit.SECONDS.toMillis(120)); // the timer of the deadline, and then the thread's idle time
            assertThat(thread.isAlive()).as(thread.getName()).isFalse();
        }
    }

    @Test
    void oneApplicationAfterTheOtherInOneProcessGoesOnWhereTheLastStopped() {
        Object first;
        try (TestApplication service = start()) {
            first = service.bean(Gates.class);
            service.bean(Gates.class).kill(Scope.gate("scores"), Actor.of("alice"), "looks wrong");
        }
        try (TestApplication service = start()) {
            Gates gates = service.bean(Gates.class);
            assertThat(gates).isNotSameAs(first);
            assertThat(gates.gates()).extracting(ModelGate::name).contains("scores", "later", "mono", "last");
            assertThat(service.get("/score").body()).isEqualTo("rule");
        }
        assertThat(held.closed).containsEntry("score", false).containsEntry("farewell", false);
    }
}
