package io.modelgate.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelgate.control.Entry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

/** What tests of the ledger begin from: processes on one log that share a folder. */
abstract class ExposureScene {

    @TempDir
    Path root;

    final Rig.World world = new Rig.World();
    final List<Rig> rigs = new ArrayList<>();

    @AfterEach
    void close() {
        rigs.forEach(Rig::close);
    }

    Rig rig(ExposureLedger ledger) {
        Rig rig = new Rig(world, r -> r.exposures(ledger));
        rigs.add(rig);
        return rig;
    }

    ExposureLedger ledger(Consumer<ExposureLedgerBuilder> configure) {
        return ExposureLedger.in(root, configure);
    }

    /** A rollout that everyone of these is in. */
    static String start(Rig rig, String candidate) {
        Rollout rollout = Rollout.start(rig.gate, candidate, r -> r.weight(Weight.FULL), Rig.ALICE, "everyone");
        assertThat(rollout.stored(Duration.ofSeconds(5))).isTrue();
        return rollout.id();
    }

    /** A rollout under a policy, in which ann and bob are. */
    static Rollout underPolicy(Rig rig) {
        return rig.rollouts.start(
                rig.gate, "v2", Rig.read(Rig.policy()), who -> who.allow("ann", "bob"), Rig.ALICE, "canary");
    }

    List<String> csv(ExposureLedger ledger, String rollout) throws IOException {
        StringBuilder csv = new StringBuilder();
        ledger.export(rollout, csv);
        return csv.toString().lines().toList();
    }

    List<Path> files(String suffix) throws IOException {
        try (Stream<Path> all = Files.walk(root)) {
            return all.filter(path -> path.toString().endsWith(suffix)).sorted().toList();
        }
    }

    void sealed(Rig rig) {
        rig.gates.flushServed();
        rig.rollouts.tick(); // sees the end
        world.time.advance(Duration.ofMinutes(1));
        rig.rollouts.tick(); // appended
        rig.rollouts.tick(); // stored, and named
    }

    Entry seal(Rig rig) {
        List<Entry> seals = rig.entries(EntryTypes.EXPOSURES_SEALED);
        return seals.get(seals.size() - 1);
    }
}
