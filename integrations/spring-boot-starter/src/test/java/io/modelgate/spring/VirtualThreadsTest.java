package io.modelgate.spring;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.modelgate.Actor;
import io.modelgate.CallerAttribute;
import io.modelgate.CallerKey;
import io.modelgate.GateEvent;
import io.modelgate.Gated;
import io.modelgate.Gates;
import io.modelgate.KillReceipt;
import io.modelgate.Scope;
import io.modelgate.Version;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Import;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** A service whose requests run on virtual threads, under load: none of its gates keeps one on its carrier. */
@Timeout(120)
@EnabledForJreRange(min = JRE.JAVA_21, disabledReason = "this JDK has no virtual threads")
class VirtualThreadsTest {

    private static final String PINNED = "jdk.VirtualThreadPinned";
    private static final int CLIENTS = 12;
    private static final int REQUESTS = 60;
    private static final int KILLS = 3;
    private static final int ROUNDS = 3;
    private static final List<String> GATES = List.of("by-interface", "by-class");

    @TempDir
    Path directory;

    /** Where each method ran, and whether on a virtual thread. */
    private static final ConcurrentHashMap<String, Boolean> VIRTUAL = new ConcurrentHashMap<>();

    /** Waits, as for a model's server, and so leaves its carrier if it can. */
    private static String slow(String who) {
        VIRTUAL.merge(who, Thread.currentThread().toString().startsWith("VirtualThread["), Boolean::logicalAnd);
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2));
        return who;
    }

    /** The JDK cannot unmount a thread that initialises a class. */
    private static final class Pins {
        static {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
        }

        static void touch() {}
    }

    interface Scores {

        @Gated(value = "by-interface", fallback = "rule")
        String score(@CallerAttribute("region") String region);

        default String rule(String region) {
            return slow("rule");
        }
    }

    @Component
    @Version("v1")
    static class Forest implements Scores {
        @Override
        public String score(String region) {
            return slow("forest");
        }
    }

    @Component
    @Version("v2")
    static class Boosted implements Scores {
        @Override
        public String score(String region) {
            return slow("boosted");
        }
    }

    @Component
    static class Limits {

        @Gated(value = "by-class", fallback = "least")
        public String limit(@CallerKey String user) {
            return slow("limit");
        }

        public String least(String user) {
            return slow("least");
        }

        @Gated("later")
        public CompletableFuture<String> later(@CallerKey String user) {
            return CompletableFuture.completedFuture(slow("later"));
        }

        @Gated("pinned")
        public String pinned(@CallerKey String user) {
            Pins.touch();
            return slow("pinned");
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

        @GetMapping("/ask")
        String ask() {
            return scores.score("eu") + " " + limits.limit("user-42");
        }

        @GetMapping("/later")
        CompletableFuture<String> later() {
            return limits.later("user-42");
        }

        @GetMapping("/pinned")
        String pinned() {
            return limits.pinned("user-42");
        }

        /** By the thread of a request, as the actuator does. */
        @GetMapping("/kill")
        String kill(@RequestParam("gate") String gate) {
            KillReceipt kill = gates.kill(Scope.gate(gate), Actor.of("alice"), "");
            assertThat(kill.stored(Duration.ofSeconds(60))).isTrue();
            return kill.kill().id();
        }

        @GetMapping("/revive")
        String revive(@RequestParam("kill") String kill) {
            assertThat(gates.revive(kill, Actor.of("alice"), "").stored(Duration.ofSeconds(60)))
                    .isTrue();
            return "revived";
        }
    }

    @Component
    static class Heard {

        final CountDownLatch kills = new CountDownLatch(2 * KILLS * GATES.size());

        @EventListener
        void on(GateEvent.Killed kill) {
            kills.countDown();
        }
    }

    @SpringBootConfiguration
    @EnableAutoConfiguration
    @Import({Forest.class, Boosted.class, Limits.class, Requests.class, Heard.class})
    static class Service {}

    private TestApplication start() {
        VIRTUAL.clear();
        return TestApplication.start(
                Service.class,
                "spring.threads.virtual.enabled=true",
                "modelgate.log.file=" + directory.resolve("modelgate.log"),
                "modelgate.budgets.ledger=" + directory.resolve("ledger"),
                "modelgate.caller.header=X-User",
                "modelgate.observations.enabled=true",
                "modelgate.gates.by-interface.stable=v1",
                "modelgate.gates.by-interface.max-concurrent=8",
                "modelgate.gates.by-interface.rate-limit.calls=1000000",
                "modelgate.gates.by-interface.rate-limit.per=1s",
                "modelgate.gates.by-interface.latency-histogram=true",
                "modelgate.gates.by-class.model-timeout=10s",
                "modelgate.gates.by-class.deadline=11s",
                "modelgate.gates.by-class.cut-in-flight-on-kill=true");
    }

    private static List<RecordedEvent> pinned(Path file, Runnable work) throws Exception {
        try (Recording recording = new Recording()) {
            recording.enable(PINNED).withoutThreshold().withStackTrace();
            recording.start();
            work.run();
            recording.stop();
            recording.dump(file);
        }
        return RecordingFile.readAllEvents(file).stream()
                .filter(event -> event.getEventType().getName().equals(PINNED))
                .filter(event ->
                        event.getStackTrace() == null || event.toString().contains("io.modelgate"))
                .toList();
    }

    private static void requests(TestApplication service) {
        ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
        try {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                String user = "user-" + i;
                String path = i % 4 == 3 ? "/later" : "/ask";
                all.add(clients.submit(() -> {
                    for (int request = 0; request < REQUESTS; request++) {
                        assertThat(service.get(path, "X-User", user).status()).isEqualTo(200);
                    }
                }));
            }
            for (int i = 0; i < KILLS; i++) { // while they ask
                GATES.forEach(gate -> killAndRevive(service, gate));
            }
            for (Future<?> each : all) {
                each.get(60, TimeUnit.SECONDS);
            }
        } catch (Exception e) {
            throw new AssertionError(e);
        } finally {
            clients.shutdownNow();
        }
    }

    private static void killAndRevive(TestApplication service, String gate) {
        String kill = service.get("/kill?gate=" + gate).body();
        for (int i = 0; i < 5; i++) {
            assertThat(service.get("/ask").body()).contains(gate.equals("by-class") ? "least" : "rule");
        }
        assertThat(service.get("/revive?kill=" + kill).status()).isEqualTo(200);
    }

    @Test
    void gatedCallsOfRequestsRunOnVirtualThreads() {
        try (TestApplication service = start()) {
            assertThat(service.get("/ask", "X-User", "user-42").body()).isEqualTo("forest limit");
            assertThat(service.get("/later").body()).isEqualTo("later");
            GATES.forEach(gate -> killAndRevive(service, gate));
        }
        assertThat(VIRTUAL)
                .containsOnlyKeys("forest", "rule", "limit", "least", "later")
                .doesNotContainValue(false);
    }

    @Test
    @EnabledForJreRange(min = JRE.JAVA_25, disabledReason = "pinning is tested on the JDK that reports it reliably")
    void underLoadAndKillsNoGatePinsTheThreadOfItsRequest() throws Exception {
        try (TestApplication service = start()) {
            List<RecordedEvent> pins = List.of();
            for (int round = 0; round < ROUNDS && (round == 0 || !pins.isEmpty()); round++) {
                requests(service); // what is come upon first is initialised, which does pin; but only once
                pins = pinned(directory.resolve("round-" + round + ".jfr"), () -> requests(service));
            }
            assertThat(pins).isEmpty();
            assertThat(service.bean(Heard.class).kills.await(30, TimeUnit.SECONDS))
                    .isTrue();

            // The same by the same way would be seen.
            List<RecordedEvent> pinned = pinned(directory.resolve("pinned.jfr"), () -> service.get("/pinned"));
            assertThat(pinned).isNotEmpty();
            assertThat(requireNonNull(pinned.get(0).getStackTrace()).toString()).contains("Pins");
        }
    }
}
