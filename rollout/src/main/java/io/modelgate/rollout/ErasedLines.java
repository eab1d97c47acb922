package io.modelgate.rollout;

import io.modelgate.Identities;
import java.io.BufferedOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which lines go from a file of exposures: those of the callers that are to be erased, and what is damaged. Of all requests at once, as a file may be
 * long. Immutable.
 *
 * @param until up to when what a caller did goes, in milliseconds since 1970, by keyed hash
 * @param identities how callers are named
 */
record ErasedLines(Map<String, Long> until, Identities identities) {

    private static final Logger LOG = LoggerFactory.getLogger("io.modelgate");

    /**
     * What is to be erased.
     *
     * @param whole of which requests it is known that all that a file holds was there before them, whatever clocks said
     */
    static ErasedLines of(List<ExposureErasure> asked, Predicate<ExposureErasure> whole, Identities identities) {
        Map<String, Long> until = new HashMap<>();
        for (ExposureErasure each : asked) {
            long its = whole.test(each) ? Long.MAX_VALUE : each.until();
            each.callers().forEach(caller -> until.merge(caller, its, Math::max));
        }
        return new ErasedLines(until, identities);
    }

    /**
     * What a file holds.
     *
     * @param exposures how many exposures of the callers
     * @param damaged how many lines that are no exposures, and of which nobody knows whom they name
     */
    record Found(long exposures, long damaged) {
        boolean any() {
            return exposures > 0 || damaged > 0;
        }
    }

    Found in(ExposureFile file) throws IOException {
        long[] found = {0};
        long bad = file.read((caller, at, outcome) -> found[0] += erased(file.header(), caller, at) ? 1 : 0);
        return new Found(found[0], bad + (file.torn() ? 1 : 0));
    }

    private boolean erased(ExposureFile.Header header, String caller, long at) {
        Long its = until.get(caller);
        if (its == null && !header.hashed() && !caller.isEmpty()) {
            its = until.get(identities.hash(ExposureFile.unescape(caller)));
        }
        return its != null && at <= its;
    }

    /** Writes a file without them beside it, and without what is damaged: a caller may be in that too. */
    Path without(ExposureFile file) throws IOException {
        Path temporary = file.path().resolveSibling(file.name() + "." + UUID.randomUUID() + ExposureErasure.TEMPORARY);
        Files.createFile(temporary, ExposureWriter.ownerOnly(temporary));
        try (FileOutputStream raw = new FileOutputStream(temporary.toFile());
                OutputStream out = new BufferedOutputStream(raw, 1 << 16)) {
            out.write(file.header().line().getBytes(StandardCharsets.UTF_8));
            ExposureLines lines = new ExposureLines(file.header());
            long bad = file.read((caller, at, outcome) -> {
                if (!erased(file.header(), caller, at)) {
                    out.write(lines.line(caller, at, outcome).getBytes(StandardCharsets.UTF_8));
                }
            });
            out.flush();
            raw.getFD().sync();
            bad += file.torn() ? 1 : 0;
            if (bad > 0) {
                LOG.warn("{} lines of {} are no exposures, and are erased: they may name a caller", bad, file.path());
            }
        }
        return temporary;
    }
}
