package io.modelgate.rollout;

import io.modelgate.control.Entry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** What tests of the ledger begin from: processes on one log that share a folder. */
abstract class ExposureScene {

    @TempDir
    Path root;

    Rig.World world;
    private ExposureRig processes;

    @BeforeEach
    void open() {
        processes = new ExposureRig(root);
        world = processes.world;
    }

    @AfterEach
    void close() {
        processes.close();
    }

    Rig rig(ExposureLedger ledger) {
        return processes.process(ledger);
    }

    ExposureLedger ledger(Consumer<ExposureLedgerBuilder> configure) {
        return processes.ledger(configure);
    }

    List<Path> files(String suffix) {
        return processes.files(suffix);
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
