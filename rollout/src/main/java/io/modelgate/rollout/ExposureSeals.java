package io.modelgate.rollout;

import io.modelgate.Gates;
import io.modelgate.Receipt;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Seals in the control log what this process wrote of a rollout. Under the lock of the {@link ExposureKeeper}. */
final class ExposureSeals {

    private static final Logger LOG = LoggerFactory.getLogger("io.modelgate");
    private static final long MINUTE = Duration.ofMinutes(1).toNanos();

    private final Gates gates;
    private final ExposureFolder folder;

    ExposureSeals(Gates gates, ExposureFolder folder) {
        this.gates = gates;
        this.folder = folder;
    }

    /**
     * Seals what a rollout left here; once the entry is stored the file has its name for good.
     *
     * @param count adds up what the list may lack; run once the list has been read, as late as can be
     * @return whether that is done, one way or the other; else it is tried again
     */
    boolean seal(OpenExposures each, Duration patience, Runnable count) {
        try {
            Receipt sealing = each.sealing;
            if (sealing == null) {
                sealing = sealed(each, count);
                each.sealing = sealing;
            }
            if (sealing == null || sealing.stored(patience)) {
                name(each);
                return true;
            }
            if (sealing.failure().isPresent()) {
                LOG.warn("the exposures of rollout {} are not sealed", each.header.rollout());
                letGo(List.of(each));
                return true;
            }
        } catch (IOException | RuntimeException e) { // the others are to be sealed all the same
            failed(each, e);
        }
        return false;
    }

    private void failed(OpenExposures each, Exception why) {
        long tick = gates.ticker().read();
        if (each.sealFailed == null || tick - each.sealFailed >= MINUTE) {
            each.sealFailed = tick;
            LOG.warn("the exposures of rollout {} are not sealed, which is tried again", each.header.rollout(), why);
        }
    }

    /** Leaves to other processes what this one could not seal. */
    void letGo(List<OpenExposures> left) {
        for (OpenExposures each : left) {
            try {
                if (each.writer != null) {
                    each.writer.unlock(false);
                }
            } catch (IOException e) {
                LOG.debug("the exposures of rollout {} stay locked until this process ends", each.header.rollout(), e);
            }
        }
    }

    private static void name(OpenExposures each) throws IOException {
        if (each.writer != null) {
            Path path = each.writer.path();
            try {
                ExposureErasure.move(path, ExposureWriter.sealed(path));
            } catch (NoSuchFileException e) {
                LOG.debug("{} has its name already, or is gone", path, e);
            }
            each.writer.unlock(true);
        }
    }

    /** Appends the seal; null if there is nothing to seal. */
    private @Nullable Receipt sealed(OpenExposures each, Runnable count) throws IOException {
        Map<String, Object> data = new HashMap<>();
        String rollout = each.header.rollout();
        String id = ExposureCare.sealId(rollout, each.header.instance());
        if (each.writer != null && each.writer.forgetIfEmpty()) {
            each.writer = null; // the disk was full from the first line on
        }
        boolean taken = false;
        if (each.writer != null) {
            each.writer.close();
            Path path = each.writer.path();
            taken = !Files.exists(path); // where files cannot be locked
            Path its = taken ? ExposureWriter.sealed(path) : path;
            if (taken && !Files.exists(its)) {
                LOG.warn("{} is gone, and with it whom rollout {} reached", path, rollout);
                return null;
            }
            ExposureFile file =
                    ExposureFile.at(its).orElseThrow(() -> new IOException(its + " does not say what it is of"));
            data.putAll(OpenExposures.seal(file, folder.read(List.of(file), (caller, met) -> {}), file.digest()));
            id = taken ? ExposureCare.anotherSealId(file) : ExposureCare.sealId(rollout, file.name());
        }
        count.run();
        if (each.writer == null && each.notTaken == 0 && each.mayBeMissing == 0) {
            return null; // nobody of this rollout came here
        }
        data.put(EntryTypes.ID, rollout);
        data.put(EntryTypes.VERSION, each.header.version());
        data.put(Checkpoint.INSTANCE, each.header.instance());
        data.put("notTaken", each.notTaken);
        data.put(
                OpenExposures.MAY_BE_MISSING,
                taken ? -1L : each.mayBeMissing); // who sealed it may have written it anew
        return gates.append(
                gates.decision(id, EntryTypes.EXPOSURES_SEALED, each.header.gate(), Decided.AUTOMATION, "", data));
    }
}
