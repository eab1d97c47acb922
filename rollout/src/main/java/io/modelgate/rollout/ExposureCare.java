package io.modelgate.rollout;

import io.modelgate.Gates;
import io.modelgate.ModelGate;
import io.modelgate.Receipt;
import io.modelgate.control.ControlLogException;
import io.modelgate.control.Decision;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks after the files that no rollout is written to any more: seals those of processes that died, erases callers, deletes what is older than its
 * retention. Under the lock of the {@link ExposureKeeper}.
 */
final class ExposureCare {

    private static final Logger LOG = LoggerFactory.getLogger("io.modelgate");
    private static final Duration STORED = Duration.ofSeconds(5);

    /** How long who asks for an erasure waits for that of another process. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    /** A process seals what it wrote a minute after the end, an hour at most; one that has not is dead or might as well be. */
    private static final Duration DEAD = Duration.ofMinutes(10);

    /** What cannot be undone is done once it has been due for so long by the ticker as well. */
    private static final long CLOCKS_DIFFER = Duration.ofHours(1).toNanos();

    private static final long MINUTE = Duration.ofMinutes(1).toNanos();

    private final Gates gates;
    private final FleetRollouts fleet;
    private final ExposureFolder folder;
    private final ExposureLedgerBuilder config;

    private final ErasedCallers erasedCallers;

    /** Requests that wait for other processes, looked at once a minute. */
    private final Set<Path> waiting = new HashSet<>();

    /** Since when something has held at each look, by the ticker. */
    private final Map<String, Long> since = new HashMap<>();

    /** Requests that wait for nobody's file, and stay for who has none yet. */
    private final Set<Path> kept = new HashSet<>();

    private boolean begun;
    private long looked;

    ExposureCare(
            Gates gates,
            FleetRollouts fleet,
            ExposureFolder folder,
            ExposureLedgerBuilder config,
            ErasedCallers erasedCallers) {
        this.erasedCallers = erasedCallers;
        this.gates = gates;
        this.fleet = fleet;
        this.folder = folder;
        this.config = config;
    }

    /** The id of the entry that seals a file: it is sealed once, whoever comes to it. */
    static String sealId(String rollout, String file) {
        return rollout + ".exposures." + file;
    }

    /** The id of an entry that seals a file anew. */
    static String anotherSealId(ExposureFile file) {
        return sealId(file.header().rollout(), file.name()) + "."
                + UUID.randomUUID().toString().substring(0, 8);
    }

    /** Whether any of these was never looked after here: what its caller does after that is to stay. */
    boolean areNew(List<ExposureErasure> asked) {
        return asked.stream().anyMatch(each -> !waiting.contains(each.request()) && !kept.contains(each.request()));
    }

    /**
     * Looks after all that is due.
     *
     * @param asked what is to be erased
     */
    void look(List<OpenExposures> open, List<ExposureErasure> asked, long tick) throws IOException {
        boolean due = !begun || tick - looked >= MINUTE;
        if (!begun) {
            ExposureClaim.sweepIfFree(folder.root());
        }
        if (due) {
            begun = true;
            looked = tick;
            waiting.clear();
        }
        if (!asked.isEmpty()) { // or they could not be read
            kept.retainAll(asked.stream().map(ExposureErasure::request).toList());
        }
        eraseAsAsked(asked.stream().filter(this::isDue).toList(), open);
        if (due) {
            for (Path each : ExposureFolder.listed(folder.root())) {
                overOrLater(each, open, tick);
            }
        }
    }

    private boolean isDue(ExposureErasure asked) {
        boolean forOthers = kept.contains(asked.request()) && !erasedCallers.seenByAll(asked);
        return !waiting.contains(asked.request()) && !forOthers;
    }

    private void eraseAsAsked(List<ExposureErasure> asked, List<OpenExposures> open) {
        if (asked.isEmpty()) {
            return;
        }
        try (ExposureClaim claim = ExposureClaim.of(folder.root(), Duration.ZERO)) {
            claim.sweep(folder.root());
            erase(asked, false, open);
        } catch (IOException | RuntimeException e) { // the others' files are to be looked after all the same
            LOG.warn("callers could not be erased from {}, which is tried again: {}", folder.root(), e.toString());
        }
    }

    private void overOrLater(Path of, List<OpenExposures> open, long tick) {
        try {
            List<ExposureFile> files = ExposureFolder.files(of);
            if (!files.isEmpty() && !isOpen(files.get(0).header().rollout(), open)) {
                over(files, tick);
            }
        } catch (IOException | RuntimeException e) { // the other rollouts' files are to be looked after all the same
            LOG.warn("the exposures in {} could not be looked after, which is tried again: {}", of, e.toString());
        }
    }

    private static boolean isOpen(String rollout, List<OpenExposures> open) {
        return open.stream().anyMatch(each -> each.header.rollout().equals(rollout));
    }

    /** A rollout that is not written to here. */
    private void over(List<ExposureFile> files, long tick) throws IOException {
        String rollout = files.get(0).header().rollout();
        boolean runs = runs(files.get(0).header());
        long sinceEnd = held("the end of " + rollout, !runs, tick);
        long now = gates.now().toEpochMilli();
        long last = Long.MIN_VALUE;
        Duration dead = config.lateAnswers.plus(DEAD);
        for (ExposureFile file : files) {
            long its = file.lastAt();
            last = Math.max(last, its);
            if (!file.sealed() && !runs && now - its > dead.toMillis() && died(file, sinceEnd > dead.toNanos())) {
                sealFor(file);
            }
        }
        boolean old = !runs && now - last > config.retention.toMillis();
        if (held("the retention of " + rollout, old, tick) >= CLOCKS_DIFFER) {
            delete(files);
        }
    }

    /** Whether the process of a file has died: where files cannot be locked, or it was of a version that did not, only time tells. */
    private static boolean died(ExposureFile file, boolean silent) {
        return Files.exists(ExposureLock.beside(file.path())) ? ExposureLock.free(file.path()) : silent;
    }

    /** For how long something has held at each look, by the ticker: a clock that is a year ahead is set again. */
    private long held(String what, boolean holds, long tick) {
        if (!holds) {
            since.remove(what);
            return -1;
        }
        Long first = since.putIfAbsent(what, tick);
        return first == null ? 0 : tick - first;
    }

    /** Whether a rollout runs, or may run as far as this process knows. */
    private boolean runs(ExposureFile.Header of) {
        Optional<ModelGate<?, ?>> gate = gates.gates().stream()
                .filter(each -> each.name().equals(of.gate()))
                .findFirst();
        return gate.isEmpty()
                ? runsElsewhere(of)
                : gate.get().routing().orElse(null) instanceof CohortRouting routing && routing.runs(of.rollout());
    }

    /** Of a gate that is not in this process, and maybe in none any more, the log tells. */
    private boolean runsElsewhere(ExposureFile.Header of) {
        try {
            FleetRollouts.OfGate gate = fleet.now().get(of.gate());
            return gate != null && gate.routing().runs(of.rollout());
        } catch (ControlLogException e) {
            LOG.debug("whether rollout {} runs cannot be read", of.rollout(), e);
            return true;
        }
    }

    /** Seals a file whose process has died; how many exposures that could not write nobody knows. */
    void sealFor(ExposureFile file) throws IOException {
        try (ExposureClaim claim = ExposureClaim.of(folder.root(), Duration.ZERO)) {
            claim.sweep(folder.root());
            file.cut();
            String id = sealId(file.header().rollout(), file.name());
            if (gates.append(decision(
                            id, EntryTypes.EXPOSURES_SEALED, file.header().gate(), unknown(seal(file))))
                    .stored(STORED)) {
                name(file);
            }
        } catch (NoSuchFileException e) {
            LOG.debug("{} has just been sealed by another process", file.path(), e);
        }
    }

    private static Map<String, Object> unknown(Map<String, Object> data) {
        data.put("notTaken", -1L);
        data.put(OpenExposures.MAY_BE_MISSING, -1L);
        return data;
    }

    /** Gives a file that is sealed its name for good, which no other may have. */
    private static void name(ExposureFile file) throws IOException {
        Path sealed = ExposureWriter.sealed(file.path());
        if (Files.exists(sealed)) {
            throw new FileAlreadyExistsException(sealed.toString());
        }
        ExposureErasure.move(file.path(), sealed);
        Files.deleteIfExists(ExposureLock.beside(file.path()));
    }

    private Map<String, Object> seal(ExposureFile file) throws IOException {
        return new HashMap<>(OpenExposures.seal(file, folder.read(List.of(file), (caller, met) -> {}), file.digest()));
    }

    private Decision decision(String id, String type, String gate, Map<String, Object> data) {
        String known = gates.describe(gate).isPresent() ? gate : "*";
        return gates.decision(id, type, known, Decided.AUTOMATION, "", data);
    }

    private void delete(List<ExposureFile> files) throws IOException {
        ExposureFile.Header header = files.get(0).header();
        since.remove("the retention of " + header.rollout());
        since.remove("the end of " + header.rollout());
        Path of = folder.of(header.rollout());
        for (ExposureFile file : files) {
            Files.deleteIfExists(file.path());
        }
        try {
            for (Path left : ExposureFolder.listed(of)) {
                Files.deleteIfExists(left);
            }
            Files.deleteIfExists(of);
        } catch (IOException e) {
            LOG.debug("{} is not empty", of, e);
        }
        Receipt unused = gates.append(decision(
                header.rollout() + ".exposures-deleted",
                EntryTypes.EXPOSURES_DELETED,
                header.gate(),
                Map.of(EntryTypes.ID, header.rollout(), "files", (long) files.size())));
    }

    /** Asks for a caller to be erased, first of all, and erases them from all that may be written here; from the rest the other processes do. */
    long erase(String key, List<OpenExposures> open) throws IOException {
        Files.createDirectories(folder.root());
        ExposureErasure asked =
                ExposureErasure.ask(folder.root(), List.of(gates.identities().hash(key)), gates.now());
        erasedCallers.look();
        try (ExposureClaim claim = ExposureClaim.of(folder.root(), PATIENCE)) {
            claim.sweep(folder.root());
            return erase(List.of(asked), true, open);
        } catch (ExposureClaim.Taken e) {
            LOG.info("a caller is erased from {} as soon as can be: {}", folder.root(), e.getMessage());
            return 0;
        }
    }

    /**
     * Takes callers out of what may be written here.
     *
     * @param now whether it is asked for right now, so that all there is was there before, whatever clocks said
     */
    private long erase(List<ExposureErasure> asked, boolean now, List<OpenExposures> open) throws IOException {
        for (OpenExposures each : open) {
            if (each.writer != null) {
                each.writer.flush(); // the caller may be in what waits, which goes on from the file as it is
            }
        }
        long erased = 0;
        Set<ExposureErasure> elsewhere = new HashSet<>();
        List<ExposureFile> answers = new ArrayList<>();
        IOException unread = null;
        for (Path of : ExposureFolder.listed(folder.root())) {
            try {
                if (ExposureFolder.begun(of, gates.now().minus(DEAD))) {
                    elsewhere.addAll(asked);
                }
                for (ExposureFile file : ExposureFolder.files(of)) {
                    Optional<OpenExposures> own = open.stream()
                            .filter(each ->
                                    each.writer != null && each.writer.path().equals(file.path()))
                            .findFirst();
                    boolean mine = own.filter(each -> each.sealing == null).isPresent();
                    boolean others = !file.sealed() && !mine; // another process's, or about to be sealed
                    if (others && !ExposureLock.free(file.path())) {
                        asked.stream().filter(each -> !each.answered(file)).forEach(elsewhere::add);
                        continue;
                    }
                    try {
                        erased += eraseFrom(file, asked, each -> now || (mine && erasedCallers.cameJustNow(each)), own);
                    } catch (NoSuchFileException e) {
                        LOG.debug("{} is gone: it has just been sealed, or its retention is over", file.path(), e);
                        if (others) {
                            elsewhere.addAll(asked);
                        }
                    }
                    if (mine) {
                        answers.add(file);
                    }
                }
                ExposureFolder.failIfNameless(of);
            } catch (IOException e) { // out of the others the caller is taken all the same
                unread = e;
            }
        }
        if (unread != null) {
            asked.forEach(each -> waiting.add(each.request()));
            throw unread;
        }
        for (ExposureErasure each : asked) {
            if (elsewhere.contains(each) || !erasedCallers.seenByAll(each)) {
                (elsewhere.contains(each) ? waiting : kept).add(each.request());
                for (ExposureFile file : answers) {
                    each.answer(file);
                }
            } else {
                each.done(folder.root());
            }
        }
        return erased;
    }

    private long eraseFrom(
            ExposureFile file,
            List<ExposureErasure> asked,
            Predicate<ExposureErasure> whole,
            Optional<OpenExposures> own)
            throws IOException {
        ErasedLines lines = ErasedLines.of(asked, whole, gates.identities());
        ErasedLines.Found found = lines.in(file);
        if (found.any()) {
            rewrite(lines, file, own);
        }
        return found.exposures();
    }

    /**
     * The entry comes first: if this process dies in between, the request is still there and the file is written again, as the entry says. A file
     * whose process has died is sealed thereby.
     */
    private void rewrite(ErasedLines lines, ExposureFile file, Optional<OpenExposures> own) throws IOException {
        Path without = lines.without(file);
        if (own.isPresent()) {
            ExposureWriter writer = own.get().writer;
            if (writer != null) {
                writer.replace(without, file.header());
            }
            return;
        }
        ExposureFile written = new ExposureFile(without, file.header());
        Map<String, Object> data = seal(written);
        data.put("file", file.name());
        data.put("erased", true);
        boolean stored = gates.append(decision(
                        anotherSealId(file),
                        EntryTypes.EXPOSURES_SEALED,
                        file.header().gate(),
                        file.sealed() ? data : unknown(data)))
                .stored(STORED);
        if (!stored) {
            LOG.warn("the seal of {} without an erased caller is not stored yet", file.name());
        }
        ExposureErasure.move(without, file.path());
        if (!file.sealed()) {
            name(file);
        }
    }
}
