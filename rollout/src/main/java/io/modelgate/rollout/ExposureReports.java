package io.modelgate.rollout;

import io.modelgate.ModelGate;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says to whom a version that was taken back has to be made up for, and where they are listed. Immutable. */
record ExposureReports(ExposureFolder folder, Notices notices) {

    private static final Logger LOG = LoggerFactory.getLogger("io.modelgate");

    /** Beyond it a person waits too long for a rollback to count. */
    private static final long MOST_TO_COUNT = 256L << 20;

    /** Whether a rollout of a gate took a version back that leaves something behind; others may have come and gone since. */
    static boolean asksForRemedy(GateMemory memory, ExposureFile.Header of) {
        return memory.begun().stream()
                        .filter(each -> each.rollout().equals(of.rollout()))
                        .anyMatch(each -> each.end() != null && each.end().takenBack())
                && Registry.asksForRemedy(memory, of.version());
    }

    /** Tells listeners and webhooks, if there is anybody to tell of; false if that cannot be read, and is to be tried again. */
    boolean toRemedy(ExposureFile.Header of) {
        try {
            folder.read(of.rollout()).ifPresent(reached -> notices.toRemedy(reached, text(reached)));
            return true;
        } catch (IOException e) {
            notices.exposures(of.gate(), of.rollout(), "the list of those to make up to cannot be read: " + e);
            return false;
        }
    }

    /** Where those are listed whom a version's last rollout reached, for the person who took it back. */
    Optional<String> listOf(ModelGate<?, ?> gate, String version) {
        RolloutRun last = Routings.of(gate).memory().ended().get(version);
        if (last == null) {
            return Optional.empty();
        }
        String rollout = last.plan().id();
        try {
            List<ExposureFile> files = folder.files(rollout);
            if (files.isEmpty()) {
                return Optional.empty();
            }
            long bytes = files.stream()
                    .mapToLong(file -> file.path().toFile().length())
                    .sum();
            return Optional.of(
                    bytes > MOST_TO_COUNT
                            ? "the ledger in " + folder.root() + " lists whom \"" + version
                                    + "\" answered, under rollout " + rollout
                            : text(folder.read(files, (caller, met) -> {})));
        } catch (IOException | RuntimeException e) { // the rollback is made: this is only about its report
            LOG.warn("the exposures of rollout {} could not be read", rollout, e);
            return Optional.of("the ledger in " + folder.root() + " could not be read: " + e);
        }
    }

    private static String text(Exposures reached) {
        return "version \"" + reached.version() + "\" answered " + counted(reached.callers(), "caller") + " in "
                + counted(reached.calls(), "call")
                + (reached.withoutKey() == 0 ? "" : ", " + reached.withoutKey() + " of them without a key")
                + ": the ledger in " + reached.folder() + " lists them under rollout " + reached.rollout();
    }

    private static String counted(long number, String what) {
        return number + " " + what + (number == 1 ? "" : "s");
    }
}
