package io.modelgate.redis;

import io.modelgate.control.ControlLogException;
import io.modelgate.control.Decision;
import io.modelgate.control.Entry;
import io.modelgate.control.Head;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the log in Redis and this process's copy one again, after Redis lost entries. The longer of the two stays; what the other had
 * besides is set aside in a file, its kills are appended again, and the rest is named in an entry. Used by one thread.
 */
final class Repair {

    private static final Logger LOG = LoggerFactory.getLogger(RedisControlLog.class);
    private static final String REPORT = "fork";
    private static final Set<String> KEPT = Set.of("kill", REPORT);
    private static final int NAMED = 1_000;
    private static final int SHORT = 8;

    private final ReentrantLock lock;
    private final LogStream stream;
    private final Copy copy;
    private final Owed owed;
    private final String instance;
    private final Duration longest;
    private final InstantSource clock;
    private final BooleanSupplier sameLog;
    private final Runnable onOwnLog;
    private long common;

    /** Something has changed that nobody was told of yet; and the last entry of the copy that has not. */
    private boolean changed;

    private long changedAfter;

    /** Set from when this copy is to replace a fork in Redis until it is known which of the two stays. */
    private @Nullable Restoring restoring;

    /**
     * A fork that is to give way to this copy.
     *
     * @param after the last entry that both have
     * @param losing where the fork ended
     * @param report what is to be said of it once it has given way, if it has anything that the copy has not
     */
    private record Restoring(long after, Head losing, Optional<Decision> report) {}

    /** What a comparison came to. */
    enum Result {
        /** The copy is what Redis has, or the first part of it. */
        SAME,
        /** The copy has other entries than before, or others gave way to it: there may be decisions that are owed. */
        REPLACED,
        /** Someone else changes Redis: look again. */
        AGAIN
    }

    /**
     * {@code sameLog}: whether a log of which not even the first entry is the same can be this one. {@code onOwnLog}: called before the whole
     * copy becomes the log in Redis.
     */
    Repair(
            ReentrantLock lock,
            LogStream stream,
            Copy copy,
            Owed owed,
            String instance,
            Duration longest,
            InstantSource clock,
            BooleanSupplier sameLog,
            Runnable onOwnLog) {
        this.lock = lock;
        this.stream = stream;
        this.copy = copy;
        this.owed = owed;
        this.instance = instance;
        this.longest = longest;
        this.clock = clock;
        this.sameLog = sameLog;
        this.onOwnLog = onOwnLog;
    }

    Result run() {
        Appends.acquire(lock, longest);
        try {
            Result result = compare();
            if (result == Result.AGAIN || !changed) {
                return result;
            }
            changed = false;
            return Result.REPLACED;
        } catch (IOException e) {
            throw new ControlLogException(
                    "the log in Redis is not the one in copy " + copy.path()
                            + ", and that cannot be repaired while the directory of the copy cannot be written: "
                            + e.getMessage(),
                    e);
        } finally {
            lock.unlock();
        }
    }

    /** After REPLACED: the last entry of the copy that stayed, or more where all did. */
    long stayed() {
        return changedAfter;
    }

    private Result compare() throws IOException {
        Head theirs = stream.head();
        Head ours = copy.head();
        if (theirs.seq() <= ours.seq() && copy.hashAt(theirs.seq()).equals(theirs.hash())) {
            Result result = theirs.equals(ours) ? indexed(ours) : restore(theirs, theirs.seq());
            if (result == Result.SAME) {
                gaveWay();
            }
            return result;
        }
        common = common(Math.min(theirs.seq(), ours.seq()));
        if (common == ours.seq()) {
            gaveWay();
            return Result.SAME; // Redis only has more
        }
        if (common == 0 && !sameLog.getAsBoolean()) {
            throw otherLog();
        }
        List<Entry> suffix = chain(common, stream.read(common, theirs.seq()));
        if (suffix.isEmpty() || !suffix.get(suffix.size() - 1).head().equals(theirs)) {
            return Result.AGAIN; // it is changed by somebody else meanwhile
        }
        Restoring begun = restoring;
        if (begun != null && suffix.stream().anyMatch(entry -> entry.head().equals(begun.losing()))) {
            restoring = null; // that fork is still there
        } else {
            gaveWay();
        }
        return theirs.seq() >= ours.seq() ? giveWay(ours, suffix) : prevail(theirs, suffix);
    }

    private Result indexed(Head head) {
        if (head.seq() > 0
                && stream.append(head, List.of(Entry.after(head, probe())), false)
                                .status()
                        == LogStream.Status.UNINDEXED) {
            LOG.warn("the index of ids in Redis was not that of the log, and is made anew");
            stream.reindex(copy, instance);
        }
        return Result.SAME;
    }

    private Decision probe() {
        return new Decision(
                "log-probe",
                clock.instant(),
                "log-probe",
                false,
                Decision.FLEET,
                "modelgate",
                "automation",
                "",
                Map.of());
    }

    /** The last place at which both have the same entry; hashes cover what is before, so half of what is left is decided each time. */
    private long common(long shorter) {
        long same = 0;
        long other = shorter + 1;
        while (other - same > 1) {
            long middle = (same + other) >>> 1;
            if (stream.hashAt(middle).equals(copy.hashAt(middle))) {
                same = middle;
            } else {
                other = middle;
            }
        }
        return same;
    }

    private List<Entry> chain(long after, List<Entry> entries) {
        String hash = copy.hashAt(after);
        for (Entry entry : entries) {
            if (!entry.previousHash().equals(hash)) {
                throw new ControlLogException(
                        "entry " + entry.seq() + " of the log in Redis does not continue the one before");
            }
            hash = entry.hash();
        }
        return entries;
    }

    /** Redis lost its end, and nothing came in its place. */
    private Result restore(Head theirs, long keep) {
        Head ours = copy.head();
        if (keep == 0) {
            onOwnLog.run();
        }
        if (!stream.restore(theirs, keep, copy, instance)) {
            return Result.AGAIN;
        }
        LOG.warn(
                "Redis had lost entries {} to {} of the control log; they are restored from copy {}",
                keep + 1,
                ours.seq(),
                copy.path());
        return Result.SAME;
    }

    /** Redis went on without the end of the copy, and has at least as many entries. */
    private Result giveWay(Head ours, List<Entry> suffix) throws IOException {
        List<Entry> lost = copy.read(common, Integer.MAX_VALUE);
        List<Entry> missing = missing(lost, suffix);
        List<Decision> owing = new ArrayList<>(again(missing));
        report(ours, lost, missing).ifPresent(owing::add);
        owed.add(owing);
        mustTell(common); // whatever fails from here on
        copy.replaceAfter(common, suffix);
        suffix.forEach(entry -> owed.arrived(entry.decision().id()));
        List<String> arrived = owed.arrived();
        copy.force();
        arrived.forEach(owed::stored);
        LOG.error(
                "the control log in Redis went on without entries {} to {} of copy {}: the copy follows it. Their kills are appended again,"
                        + " and entry fork-{} will name them all",
                common + 1,
                ours.seq(),
                copy.path(),
                ours.hash());
        return Result.SAME;
    }

    /** Redis went on without the end of the copy, and has fewer entries. */
    private Result prevail(Head theirs, List<Entry> lost) throws IOException {
        List<Entry> missing = missing(lost, copy.read(common, Integer.MAX_VALUE));
        Optional<Decision> report = report(theirs, lost, missing);
        owed.add(again(missing)); // whoever it is that stays: a kill more is none too many
        restoring = new Restoring(common, theirs, report);
        if (common == 0) {
            onOwnLog.run();
        }
        if (!stream.restore(theirs, common, copy, instance)) {
            return Result.AGAIN;
        }
        gaveWay();
        return Result.SAME;
    }

    /**
     * The fork that this copy was to replace is not in Redis any more, whoever did that; Redis need not have answered. Only now is it reported. What is
     * owed for it goes to the log by the hand of whoever serves from it, who is told.
     */
    private void gaveWay() {
        Restoring done = restoring;
        if (done == null) {
            return;
        }
        // Its kills are owed already, and may have arrived again meanwhile.
        owed.add(done.report().stream().toList());
        restoring = null;
        if (done.report().isEmpty()) {
            return;
        }
        mustTell(Long.MAX_VALUE); // the copy is what it was
        LOG.error(
                "the control log in Redis had lost entries from {} on and gone on without them, to {}: it has those of copy {} again, or others. The"
                        + " kills of those that gave way are appended again, and entry fork-{} will name them all",
                done.after() + 1,
                done.losing().seq(),
                copy.path(),
                done.losing().hash());
    }

    private void mustTell(long stayed) {
        changedAfter = changed ? Math.min(changedAfter, stayed) : stayed;
        changed = true;
    }

    /** Those whose decisions are not among others. */
    private static List<Entry> missing(List<Entry> lost, List<Entry> others) {
        Set<String> there = new HashSet<>();
        others.forEach(entry -> there.add(entry.decision().id()));
        return lost.stream()
                .filter(entry -> !there.contains(entry.decision().id()))
                .toList();
    }

    /** What is appended again, of entries that gave way. */
    private static List<Decision> again(List<Entry> missing) {
        return missing.stream()
                .map(Entry::decision)
                .filter(decision -> KEPT.contains(decision.type()))
                .toList();
    }

    /** Sets aside what gives way, and names what is missing of it. */
    private Optional<Decision> report(Head losing, List<Entry> lost, List<Entry> missing) throws IOException {
        ByteArrayOutputStream lines = new ByteArrayOutputStream();
        for (Entry entry : lost) {
            lines.writeBytes(entry.line());
            lines.write('\n');
        }
        Path aside =
                copy.setAside("fork-" + losing.seq() + "-" + losing.hash().substring(0, SHORT), lines.toByteArray());
        if (missing.isEmpty()) {
            return Optional.empty();
        }
        List<Object> named = missing.stream()
                .limit(NAMED)
                .<Object>map(entry ->
                        Map.of("seq", entry.seq(), "id", entry.decision().id(), "type", entry.type()))
                .toList();
        return Optional.of(report(losing, named, aside, lines.toByteArray()));
    }

    private Decision report(Head losing, List<Object> named, Path aside, byte[] lines) {
        return new Decision(
                "fork-" + losing.hash(),
                clock.instant(),
                REPORT,
                false,
                Decision.FLEET,
                "modelgate",
                "automation",
                "the log in Redis had lost these entries and gone on; kills among them are appended again, anything else has to be decided"
                        + " again",
                Map.of(
                        "after", common,
                        "through", losing.seq(),
                        "hash", losing.hash(),
                        "lost", named,
                        "instance", instance,
                        "file", String.valueOf(aside.getFileName()),
                        "digest", Sha256.of(lines)));
    }

    private ControlLogException otherLog() {
        return new ControlLogException(
                "Redis has another log under this name: its first entry has the hash " + stream.hashAt(1)
                        + ", the first in copy " + copy.path() + " has " + copy.hashAt(1)
                        + ". Neither is changed. Give this log another name; or move the copy and the files beside it away to take part in the"
                        + " one in Redis; or, if the copy is the right one, have Redis forget the other (DEL)");
    }
}
