package io.modelgate.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.modelgate.GateBuilder;
import io.modelgate.GateEvent;
import io.modelgate.Gates;
import io.modelgate.ModelGate;
import io.modelgate.control.ControlLogException;
import io.modelgate.control.FileControlLog;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A start is made on what the log says when it is stored, and one that is refused leaves nothing behind. */
class StartingTest {

    private final Between log = new Between();
    private final Rig rig = new Rig(new Rig.World(log), r -> {});

    @AfterEach
    void close() {
        rig.close();
    }

    /** With a test of its own under a name that other policies have too. */
    private static RolloutPolicy finding(Finding finding) {
        return Rig.policy(p -> {
            Rig.steps(p);
            p.guardrail(Guardrail.custom("own", (counts, share, alpha) -> finding));
        });
    }

    private Finding own() {
        return rig.status().evidence().stream()
                .filter(each -> each.guardrail().equals("own"))
                .findFirst()
                .orElseThrow()
                .finding();
    }

    @Test
    void aRefusedStartLeavesTheRunningRolloutItsOwnTests() {
        rig.rollouts.start(rig.gate, "v2", finding(Finding.NOT_WORSE), Rig.ALICE, "canary");
        assertThatIllegalStateException()
                .isThrownBy(() -> rig.rollouts.start(rig.gate, "v3", finding(Finding.REGRESSED), Rig.BOB, "another"))
                .withMessageContaining("end it before another starts");
        rig.minutes(2);
        assertThat(own()).isEqualTo(Finding.NOT_WORSE);
        assertThat(rig.stage()).isEqualTo(Stage.CANARY);
    }

    @Test
    void eachRolloutIsJudgedByTheTestsThatItWasStartedWith() {
        rig.rollouts.start(rig.gate, "v2", finding(Finding.REGRESSED), Rig.ALICE, "canary");
        rig.minutes(1);
        assertThat(rig.stage()).isEqualTo(Stage.ABORTED);
        rig.rollouts.start(rig.gate, "v3", finding(Finding.NOT_WORSE), Rig.ALICE, "the next");
        rig.minutes(2);
        assertThat(own()).isEqualTo(Finding.NOT_WORSE);
        assertThat(rig.stage()).isEqualTo(Stage.CANARY);
    }

    private void stableFirst(String version) {
        log.first(() -> Rig.stored(rig.gate.version(version).promote(Rig.BOB, "hotfix")));
    }

    @Test
    void whatBecomesStableJustBeforeTheStartIsWhatTheCandidateIsComparedWith() {
        stableFirst("v3");
        rig.start("v2");
        assertThat(rig.status().baseline()).isEqualTo("v3");
        rig.minutes(1);
        Rig.stored(rig.rollouts.promote(rig.gate, Rig.ALICE, "fine"));
        Rig.stored(rig.rollouts.abort(rig.gate, Rig.BOB, "not at all"));
        assertThat(rig.stable()).isEqualTo("v3");
    }

    @Test
    void aCandidateThatBecomesStableJustBeforeTheStartIsRefused() {
        stableFirst("v2");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> rig.start("v2"))
                .withMessageContaining("is the stable version");
        assertThat(Rollout.running(rig.gate)).isEmpty();
    }

    @Test
    void aCandidateThatIsTakenBackJustBeforeTheStartIsHeldDown() {
        log.first(() -> {
            rig.start("v2");
            Rig.stored(rig.rollouts.abort(rig.gate, Rig.BOB, "it hurts people"));
        });
        assertThatIllegalStateException().isThrownBy(() -> rig.start("v2")).withMessageContaining("held down");
    }

    @Test
    void aCandidateThatDropsAFeatureOfWhatBecomesStableJustBeforeTheStartIsRefused() {
        register("v3", "income", "age");
        register("v2", "income");
        stableFirst("v3");
        assertThatIllegalStateException().isThrownBy(() -> rig.start("v2")).withMessageContaining("age");
    }

    private void register(String version, String... features) {
        Rig.stored(rig.rollouts.register(
                rig.gate,
                version,
                v -> {
                    v.artefact(
                            URI.create("s3://models/" + version),
                            "sha256:" + version.substring(1).repeat(64));
                    List.of(features).forEach(each -> v.feature(each, "int"));
                },
                Rig.ALICE));
    }

    @Test
    void aStartThatTheLogDoesNotTakeThrows() {
        log.refuse(1);
        assertThatExceptionOfType(ControlLogException.class).isThrownBy(() -> rig.start("v2"));
        assertThat(Rollout.running(rig.gate)).isEmpty();
        assertThat(rig.start("v2").running()).isTrue();
    }

    @Test
    void ofManyThatStartAtOnceOneRunsAndTheOthersAreRefused() throws Exception {
        int many = 8;
        List<Rig> processes = new ArrayList<>();
        ExecutorService threads = Executors.newFixedThreadPool(many);
        try {
            List<Callable<Boolean>> starts = new ArrayList<>();
            for (int i = 0; i < many; i++) {
                Rig process = new Rig(rig.world, r -> {});
                processes.add(process);
                starts.add(() -> started(process));
            }
            int running = 0;
            for (Future<Boolean> each : threads.invokeAll(starts)) {
                running += each.get() ? 1 : 0;
            }
            assertThat(running).isEqualTo(1);
            assertThat(rig.entries("rollout")).hasSize(1);
        } finally {
            threads.shutdownNow();
            processes.forEach(Rig::close);
        }
    }

    private static boolean started(Rig process) {
        try {
            return process.start("v2").running();
        } catch (IllegalStateException refused) {
            assertThat(refused).hasMessageContaining("end it before another starts");
            return false;
        }
    }

    @Test
    void ofStartsThatTheLogDoesNotTakeLittleIsKept() {
        UsersTests tests = new UsersTests(Map.of());
        for (int i = 0; i < 100; i++) {
            tests.starting("credit", "rollout-" + i, finding(Finding.REGRESSED));
        }
        assertThat(tests.of("credit", "rollout-99").apply("own")).isNotNull();
        assertThat(tests.of("credit", "rollout-84").apply("own")).isNotNull();
        assertThat(tests.of("credit", "rollout-83").apply("own")).isNull();
        assertThat(tests.of("fraud", "rollout-99").apply("own")).isNull();
    }

    /** Nobody else applies what another process has written: that thread is the one that starts. */
    @Test
    void aListenerThatIsCalledByWhoAppliesTheLogStartsThoughThatHasMovedOn(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("log");
        try (Gates gates =
                        Gates.open(g -> g.controlLog(FileControlLog.open(file)).eventExecutor(Runnable::run));
                Gates other = Gates.open(g -> g.controlLog(FileControlLog.open(file)));
                Rollouts rollouts = Rollouts.open(gates, RolloutsBuilder::manual)) {
            Consumer<GateBuilder<String, String>> configure = g ->
                    g.stable("v1", input -> "v1").version("v2", input -> "v2").router(Cohorts.router());
            ModelGate<String, String> gate = gates.gate("credit", configure);
            other.gate("credit", configure);
            CountDownLatch called = new CountDownLatch(1);
            CountDownLatch movedOn = new CountDownLatch(1);
            CompletableFuture<Boolean> started = new CompletableFuture<>();
            gates.onEvent(event -> {
                if (event instanceof GateEvent.Applied applied
                        && applied.entry().decision().id().equals("first")) {
                    called.countDown();
                    try {
                        movedOn.await();
                        started.complete(rollouts.start(gate, "v2", Rig.policy(), Rig.ALICE, "canary")
                                .running());
                    } catch (Throwable e) {
                        started.completeExceptionally(e);
                    }
                }
            });
            Rig.stored(other.append(other.decision("first", "drill", "credit", Rig.ALICE, "", Map.of())));
            called.await();
            Rig.stored(other.append(other.decision("second", "drill", "credit", Rig.ALICE, "", Map.of())));
            movedOn.countDown();
            assertThat(started.get(60, TimeUnit.SECONDS)).isTrue();
        }
    }
}
