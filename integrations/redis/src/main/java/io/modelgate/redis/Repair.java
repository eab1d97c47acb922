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
    private static final Set<String> AGAIN = Set.of("kill", REPORT);
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

    /** The log began to change, and nobody was told yet; since which entry. */
    private boolean changed;

    private long changedAfter;

    /** To put the copy in the place of a fork, and Redis did not say whether it was done. */
    private @Nullable Attempt unanswered;

    /** What follows an entry is to give way, up to the end of the log in Redis; and what would have to be reported of that. */
    private record Attempt(long after, Head losing, List<Decision> reports) {}

    /** What a comparison came to. */
    enum Result {
        /** The copy is what Redis has, or the first part of it. */
        SAME,
        /** The copy has other entries than before. */
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
            common = result == Result.REPLACED ? Math.min(common, changedAfter) : changedAfter;
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

    /** After REPLACED: the last entry that stayed. */
    long common() {
        return common;
    }

    private Result compare() throws IOException {
        Head theirs = stream.head();
        Head ours = copy.head();
        if (theirs.seq() <= ours.seq() && copy.hashAt(theirs.seq()).equals(theirs.hash())) {
            prevailedAfterAll();
            return theirs.equals(ours) ? indexed(ours) : restore(theirs, theirs.seq());
        }
        common = common(Math.min(theirs.seq(), ours.seq()));
        if (common == ours.seq()) {
            prevailedAfterAll();
            return Result.SAME; // Redis only has more
        }
        if (common == 0 && !sameLog.getAsBoolean()) {
            throw otherLog();
        }
        List<Entry> suffix = chain(common, stream.read(common, theirs.seq()));
        if (unanswered != null && !unanswered.losing().equals(theirs)) { // the fork went on: it can be done no more
            forget(unanswered.reports());
            unanswered = null;
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
        owed.add(owing(ours, lost, suffix));
        // Whatever fails from here on: who was given what is gone hears of it.
        change(common);
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
        return Result.REPLACED;
    }

    /** Redis went on without the end of the copy, and has fewer entries. */
    private Result prevail(Head theirs, List<Entry> lost) throws IOException {
        List<Entry> staying = copy.read(common, Integer.MAX_VALUE);
        List<Decision> owing = owing(theirs, lost, staying);
        List<Decision> reports =
                owing.stream().filter(each -> each.type().equals(REPORT)).toList();
        owed.add(owing);
        if (common == 0) {
            onOwnLog.run();
        }
        boolean restored;
        try {
            restored = stream.restore(theirs, common, copy, instance);
        } catch (ControlLogException e) {
            unanswered = new Attempt(common, theirs, reports);
            throw e;
        }
        if (!restored) {
            // What was owed is not lost yet: a kill more is none too many, but a report would be false.
            if (unanswered == null) {
                forget(reports);
            }
            return Result.AGAIN;
        }
        unanswered = null;
        prevailed(common, theirs);
        // Owed decisions go to the log by the hand of whoever serves from it, who is told by this.
        return Result.REPLACED;
    }

    private void prevailed(long after, Head losing) {
        LOG.error(
                "the control log in Redis had lost entries from {} on and gone on without them, to {}: they are restored from copy {}. The kills"
                        + " of those that gave way are appended again, and entry fork-{} will name them all",
                after + 1,
                losing.seq(),
                copy.path(),
                losing.hash());
    }

    /** Redis has what the copy has: if it did not answer when that was to be restored, it was done, and is told of now. */
    private void prevailedAfterAll() {
        Attempt attempt = unanswered;
        if (attempt != null) {
            unanswered = null;
            change(attempt.after());
            prevailed(attempt.after(), attempt.losing());
        }
    }

    private void forget(List<Decision> reports) {
        reports.forEach(each -> owed.stored(each.id()));
    }

    /** Others have other entries after one than they were given, and are to be told. */
    private void change(long after) {
        changedAfter = changed ? Math.min(changedAfter, after) : after;
        changed = true;
    }

    private List<Decision> owing(Head losing, List<Entry> lost, List<Entry> staying) throws IOException {
        Set<String> there = new HashSet<>();
        staying.forEach(entry -> there.add(entry.decision().id()));
        List<Decision> owing = new ArrayList<>();
        List<Object> named = new ArrayList<>();
        ByteArrayOutputStream lines = new ByteArrayOutputStream();
        for (Entry entry : lost) {
            lines.writeBytes(entry.line());
            lines.write('\n');
            if (there.contains(entry.decision().id())) {
                continue;
            }
            if (AGAIN.contains(entry.type())) {
                owing.add(entry.decision());
            }
            if (named.size() < NAMED) {
                named.add(Map.of("seq", entry.seq(), "id", entry.decision().id(), "type", entry.type()));
            }
        }
        String suffix = "fork-" + losing.seq() + "-" + losing.hash().substring(0, SHORT);
        Path aside = copy.setAside(suffix, lines.toByteArray());
        if (!named.isEmpty()) {
            owing.add(report(losing, named, aside, lines.toByteArray()));
        }
        return owing;
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
