package io.modelgate.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.modelgate.Receipt;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the registry keeps, and keeps out. */
class RegistryTest {

    private static final String A = "sha256:" + "a".repeat(64);
    private static final String B = "sha256:" + "b".repeat(64);

    private final Rig.World world = new Rig.World();
    private final Rig rig = new Rig(world, r -> {});

    @AfterEach
    void close() {
        rig.close();
    }

    private static Receipt register(Rig by, String version, String digest, Consumer<VersionRecordBuilder> more) {
        return by.rollouts.register(
                by.gate,
                version,
                v -> more.accept(v.artefact(URI.create("s3://models/" + version), digest)),
                Rig.ALICE);
    }

    @Test
    void theSameVersionWithAnotherDigestIsAnErrorAcrossProcessesAndRestarts() {
        Rig.stored(register(rig, "v2", A, v -> {}));
        Rig other = new Rig(world, r -> {});
        assertThatIllegalStateException()
                .isThrownBy(() -> register(other, "v2", B, v -> {}))
                .withMessageContaining(A)
                .withMessageContaining(B);
        assertThat(other.rollouts.registry(other.gate).get("v2").digest()).isEqualTo(A);
    }

    @Test
    void registeringAgainAsItWasChangesNothingAndOtherwiseIsRefused() {
        Receipt first = register(rig, "v2", A, v -> v.commit("c1"));
        long end = rig.gates.applied();
        Receipt second = rig.rollouts.register(
                rig.gate,
                "v2",
                v -> v.artefact(URI.create("file:///elsewhere"), A).commit("c1"),
                Rig.BOB);
        assertThat(second.id()).isEqualTo(first.id());
        assertThat(rig.gates.applied()).isEqualTo(end);
        assertThatIllegalStateException().isThrownBy(() -> register(rig, "v2", A, v -> v.commit("c2")));
    }

    @Test
    void ofTwoProcessesWithDifferentDigestsOneIsRefused() throws Exception {
        Rig other = new Rig(world, r -> {});
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            for (int round = 0; round < 50; round++) {
                String version = "w" + round;
                CountDownLatch go = new CountDownLatch(1);
                List<Future<Boolean>> results = new ArrayList<>();
                for (Rig each : List.of(rig, other)) {
                    String digest = each == rig ? A : B;
                    results.add(threads.submit(() -> {
                        go.await();
                        try {
                            register(each, version, digest, v -> {});
                            return true;
                        } catch (IllegalStateException e) {
                            return false;
                        }
                    }));
                }
                go.countDown();
                int made = 0;
                for (Future<Boolean> result : results) {
                    made += result.get() ? 1 : 0;
                }
                assertThat(made).as("round %d", round).isEqualTo(1);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void theDigestAgreesWithTheOneThatTheVersionIsServedWith() {
        rig.gate.register("v9", input -> "v9", v -> v.digest("a".repeat(64)));
        assertThatIllegalStateException()
                .isThrownBy(() -> register(rig, "v9", B, v -> {}))
                .withMessageContaining(B)
                .withMessageContaining("a".repeat(64));
        Rig.stored(register(rig, "v9", A, v -> {}));
    }

    @Test
    void aCandidateThatDroppedOrRetypedWhatCallersSendDoesNotStart() {
        Rig.stored(register(rig, "v1", A, v -> v.feature("age", "int").feature("income", "double")));
        Rig.stored(register(rig, "v2", B, v -> v.feature("age", "string")));
        assertThatIllegalStateException()
                .isThrownBy(() -> rig.start("v2"))
                .withMessageContaining("age")
                .withMessageContaining("income");
        assertThat(rig.entries("rollout")).isEmpty();
        Rig.stored(register(
                rig,
                "v3",
                B,
                v -> v.feature("age", "int").feature("income", "double").feature("debt", "double")));
        rig.start("v3");
        assertThat(rig.stage()).isEqualTo(Stage.CANARY);
    }

    @Test
    void promotingARegisteredVersionSwitchesInOneEntry() {
        Rig.stored(register(rig, "v0", A, VersionRecordBuilder::emergency));
        long before = rig.gates.applied();
        Rig.stored(rig.gate.version("v0").promote(Rig.ALICE, "emergency"));
        assertThat(rig.gates.applied()).isEqualTo(before + 1);
        assertThat(rig.gate.call("", io.modelgate.Caller.of("user-1"))).isEqualTo("v0");
    }
}
