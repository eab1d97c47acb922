package io.modelgate.rollout;

import static io.modelgate.rollout.ExposureRig.call;
import static io.modelgate.rollout.ExposureRig.end;
import static io.modelgate.rollout.ExposureRig.start;
import static io.modelgate.rollout.ExposureRig.written;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Whoever has to make up for what a version did finds out to whom, whatever goes on beside it. */
class ToRemedyTest extends ExposureScene {

    /** Says that v2 leaves something behind. */
    private Rig leavesSomething(Rig rig) {
        try {
            Path artefact = Files.writeString(root.resolve("model.bin"), "weights");
            rig.rollouts.register(
                    rig.gate, "v2", v -> v.artefact(artefact).sideEffects(SideEffects.REMEDIATE), Rig.ALICE);
            return rig;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void anotherRolloutThatEndsWithinTheLookHidesNobody() {
        for (String next : List.of("v2", "v3")) {
            try (ExposureRig processes = new ExposureRig(root.resolve(next))) {
                Rig rig = leavesSomething(processes.process(processes.ledger(e -> {})));
                Rollout rollout = underPolicy(rig);
                call(rig, "ann");
                Rig.stored(rig.rollouts.abort(rig.gate, Rig.BOB, "wrong mails"));
                processes.world.time.advance(Duration.ofSeconds(1));
                Rollout another = rig.rollouts.start(
                        rig.gate, next, Rig.read(Rig.policy()), RolloutBuilder::afterAbort, Rig.ALICE, "canary");
                assertThat(another.stored(Duration.ofSeconds(5))).isTrue();
                Rig.stored(rig.gate.version("v0").promote(Rig.ALICE, "it goes another way"));
                written(rig);
                assertThat(rig.heard(RolloutEvent.ToRemedy.class))
                        .as("then %s", next)
                        .singleElement()
                        .satisfies(event -> {
                            assertThat(event.rollout()).isEqualTo(rollout.id());
                            assertThat(event.callers()).isEqualTo(1);
                        });
            }
        }
    }

    @Test
    void aVersionThatIsTakenBackAfterAnotherNobodyGotNamesThoseItReached() {
        Rig rig = leavesSomething(rig(ledger(e -> {})));
        underPolicy(rig);
        call(rig, "ann", "bob");
        rig.rollouts.tick();
        Rig.stored(rig.gate.version("v2").promote(Rig.ALICE, "good"));
        rig.start("v3", Rig.policy(p -> p.manualStep(Weight.percent(1), Rig.MINUTE, 100)));
        Rig.stored(rig.rollouts.abort(rig.gate, Rig.BOB, "first things first"));
        assertThat(rig.rollouts.rollback(rig.gate, Rig.BOB, "wrong mails").remedies())
                .anySatisfy(remedy -> assertThat(remedy).contains("version \"v2\" answered 2 callers in 2 calls"));
    }

    @Test
    void aListThatCannotBeReadAtFirstIsToldOnceItCan() throws Exception {
        ExposureLedger ledger = ledger(e -> {});
        Rig rig = leavesSomething(rig(ledger));
        Rollout rollout = underPolicy(rig);
        call(rig, "ann");
        written(rig);
        Path unreadable = Files.createDirectories(
                root.resolve(rollout.id()).resolve(ExposureRig.DEAD + ExposureFile.OPEN)); // a folder is no file
        Rig.stored(rig.rollouts.abort(rig.gate, Rig.BOB, "wrong mails"));
        rig.rollouts.tick();
        assertThat(rig.heard(RolloutEvent.ToRemedy.class)).isEmpty();
        assertThat(rig.heard(RolloutEvent.Hindered.class))
                .singleElement()
                .satisfies(event -> assertThat(event.reason()).contains("make up to cannot be read"));

        Files.delete(unreadable);
        rig.rollouts.tick();
        rig.rollouts.tick();
        assertThat(rig.heard(RolloutEvent.ToRemedy.class))
                .singleElement()
                .satisfies(event -> assertThat(event.callers()).isEqualTo(1));
    }

    @Test
    void aListThatIsSealedWhileItIsExportedIsExported() throws Exception {
        ExposureLedger ledger = ledger(e -> {});
        Rig rig = rig(ledger);
        String rollout = start(rig, "v2");
        call(rig, "ann", "bob");
        written(rig);
        end(rig);
        rig.rollouts.tick();
        AtomicReference<Runnable> seals = new AtomicReference<>(() -> {
            world.time.advance(Duration.ofMinutes(1));
            rig.rollouts.tick(); // appended
            rig.rollouts.tick(); // stored, and named
        });
        StringBuilder csv = new StringBuilder();
        Appendable slow = new Appendable() {
            @Override
            public Appendable append(CharSequence text) {
                seals.getAndSet(() -> {}).run();
                csv.append(text);
                return this;
            }

            @Override
            public Appendable append(CharSequence text, int start, int end) {
                return append(text.subSequence(start, end));
            }

            @Override
            public Appendable append(char c) {
                return append(String.valueOf(c));
            }
        };
        assertThat(ledger.export(rollout, slow).calls()).isEqualTo(2);
        assertThat(csv.toString().lines()).hasSize(3);
        assertThat(files(ExposureFile.SEALED)).hasSize(1);
    }
}
