package io.modelgate.rollout;

import io.modelgate.ModelGate;
import io.modelgate.Receipt;
import io.modelgate.Ticker;
import io.modelgate.control.ControlLog;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The exposures of one rollout in this process, from its start until they are sealed. Guarded by the lock of its {@link ExposureKeeper}. */
final class OpenExposures {

    static final String MAY_BE_MISSING = "mayBeMissing";

    /** What a disk that fails leaves waiting; more is given up. */
    private static final long MOST_WAITING = 4 << 20;

    final ExposureFile.Header header;
    final ModelGate<?, ?> gate;

    /** Keeps calls heard of that began before the end of the rollout. */
    final ControlLog.Subscription hold;

    /** When it started, by the clock of whoever started it, in milliseconds. */
    final long from;

    private final Path folder;

    @Nullable
    ExposureWriter writer;

    /** When its file was there, by the ticker. */
    long begun;

    /** When the end was seen, by the ticker. */
    long endedTick;

    private boolean ended;
    private boolean bounded;
    long notTaken;

    /** Calls of which nothing is known but that there was no room for them, while it was open: of whichever gate and version. */
    long mayBeMissing;

    /** Calls that were counted as it was sealed, and may come yet. */
    long kept;

    /** Calls that came once it was sealed. */
    long late;

    boolean toRemedy;

    @Nullable
    Receipt sealing;

    /** When it was last said that it cannot be sealed, by the ticker. */
    @Nullable
    Long sealFailed;

    OpenExposures(ExposureFile.Header header, ModelGate<?, ?> gate, Path folder, long from) {
        this.from = from;
        this.header = header;
        this.gate = gate;
        this.folder = folder;
        hold = gate.onServed(call -> {});
    }

    boolean ended() {
        return ended;
    }

    /**
     * Its rollout is over.
     *
     * @param tick read once the end was seen, so that no call of the rollout began later, heard of or not, unless its thread was held up
     */
    void end(long tick) {
        endedTick = tick;
        ended = true;
    }

    /** What its version answers to calls that begin after the end is not of this rollout: it is stable, or rolled out again. */
    void bound() {
        bounded = true;
    }

    /** Whether it takes a call: unless its version is something else since, also one that was routed before the end and began after it. */
    boolean takes(ExposureCalls.Taken call) {
        boolean late = !bounded && call.routed();
        return sealing == null && (late ? answers(call.gate(), call.version()) : owns(call));
    }

    /** Whether a call is its own, by the tick at which it began: clocks are set, also as a rollout ends. */
    boolean owns(ExposureCalls.Taken call) {
        return (!ended || call.began() - endedTick <= 0) && answers(call.gate(), call.version());
    }

    /** Whether it is of that version. */
    boolean answers(String itsGate, String itsVersion) {
        return header.gate().equals(itsGate) && header.version().equals(itsVersion);
    }

    /** Makes the file, unless it is there. */
    ExposureWriter begin(Ticker ticker) throws IOException {
        ExposureWriter to = writer;
        if (to == null) {
            to = ExposureWriter.make(folder, header);
            writer = to;
            begun = ticker.read();
        }
        return to;
    }

    long bytes() {
        return writer == null ? 0 : writer.bytes();
    }

    /**
     * Writes what was taken; how many exposures were given up, because the disk has failed for too long or this is the last try.
     *
     * @throws IOException if it could not be written and is tried again
     */
    long flush(boolean last) throws IOException {
        ExposureWriter to = writer;
        if (to == null) {
            return 0;
        }
        try {
            to.flush();
            return 0;
        } catch (IOException e) {
            if (!last && to.waiting() < MOST_WAITING) {
                throw e;
            }
            long given = to.giveUp(header);
            notTaken += given;
            return given;
        }
    }

    /** What the seal of a file says of it. */
    static Map<String, Object> seal(ExposureFile file, Exposures read, String digest) {
        Map<String, Object> data = new HashMap<>();
        data.put(EntryTypes.ID, read.rollout());
        data.put(EntryTypes.VERSION, read.version());
        data.put(Checkpoint.INSTANCE, file.header().instance());
        data.put("file", file.name());
        data.put("hashed", file.header().hashed());
        data.put("callers", read.callers());
        data.put("exposures", read.calls());
        data.put("withoutKey", read.withoutKey());
        data.put("bytes", read.bytes());
        data.put("digest", digest);
        return data;
    }
}
