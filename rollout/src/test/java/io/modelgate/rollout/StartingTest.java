package io.modelgate.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.modelgate.control.ControlLogException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

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
}
