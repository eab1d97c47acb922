package io.modelgate.redis;

import io.lettuce.core.Limit;
import io.lettuce.core.Range;
import io.lettuce.core.StreamMessage;
import io.modelgate.control.Archived;
import io.modelgate.control.ControlLog;
import io.modelgate.control.ControlLogException;
import io.modelgate.control.Decision;
import io.modelgate.control.Entry;
import io.modelgate.control.Head;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves old entries out of the stream: first they are in a file, fsynced; then an entry names the file and its digest; then they move
 * into segments, which new processes read, in one step for each. Whatever ends it in between, nothing is lost, and the next archive
 * goes on from there.
 */
final class Archive {

    /** The type of the entry that names an archive. */
    static final String TYPE = "log-archived";

    private static final Logger LOG = LoggerFactory.getLogger(Archive.class);
    private static final Script MOVE = Script.load("archive");
    private static final int BATCH = 1_000;
    private static final int TRIES = 20;

    private final ControlLog log;
    private final RedisLink link;
    private final LogKeys keys;
    private final InstantSource clock;

    Archive(ControlLog log, RedisLink link, LogKeys keys, InstantSource clock) {
        this.log = log;
        this.link = link;
        this.keys = keys;
        this.clock = clock;
    }

    /**
     * Archives what is not archived yet, but for the last entries.
     *
     * @param file that does not exist, or was left by an archive that did not get further
     * @param keep how many of the last entries stay in the stream
     * @throws IllegalArgumentException if {@code keep} is negative, or the file holds something else
     * @throws ControlLogException if the file cannot be written, Redis cannot be reached, or another process archives now
     */
    Archived run(Path file, long keep) {
        if (keep < 0) {
            throw new IllegalArgumentException("keep is " + keep + ": expected 0 or more");
        }
        Path target = file.toAbsolutePath().normalize();
        Optional<Archived> unfinished = finish(target);
        if (unfinished.isPresent()) {
            return unfinished.get();
        }
        long from = first();
        Head head = log.head();
        long through = head.seq() - keep;
        ArchiveFile written;
        try {
            Optional<ArchiveFile> left = ArchiveFile.left(target, from, log);
            if (left.isEmpty() && through < from) {
                return new Archived(target, from, from - 1, "", 0);
            }
            written = left.isPresent() ? left.get() : ArchiveFile.write(target, from, through, log);
        } catch (IOException e) {
            throw new ControlLogException(
                    "the archive " + target + " cannot be written: " + e.getMessage()
                            + ". Nothing was taken out of the log",
                    e);
        }
        Entry entry = name(written, head);
        move(entry);
        return written.archived();
    }

    /** The entry that says what the file holds; after it, the file and the log are one record. */
    private Entry name(ArchiveFile file, Head seen) {
        Archived held = file.archived();
        Decision decision = new Decision(
                TYPE + "-" + held.from() + "-" + held.through(),
                clock.instant(),
                TYPE,
                false,
                Decision.FLEET,
                System.getProperty("user.name", "unknown"),
                "os-user",
                "",
                Map.of(
                        "from", held.from(),
                        "through", held.through(),
                        "hash", file.lastHash(),
                        "digest", held.sha256(),
                        "bytes", held.bytes(),
                        "file", String.valueOf(held.file().getFileName())));
        long after = seen.seq();
        for (int i = 0; i < TRIES; i++) {
            Head now = log.head();
            for (Entry entry : entries(after, now.seq())) {
                if (entry.type().equals(TYPE) && !entry.decision().id().equals(decision.id())) {
                    throw new ControlLogException("another process archives this log: entry " + entry.seq()
                            + " says so. The archive " + held.file() + " is whole, and in no entry; delete it");
                }
            }
            after = now.seq();
            Optional<Entry> stored = log.appendIf(after, decision);
            if (stored.isPresent()) {
                return stored.get();
            }
        }
        throw new ControlLogException("the log grows faster than its archive can be named in it; try again: "
                + held.file() + " is whole, and is used then");
    }

    /** Moves what entries of the log name as archived and is in the stream all the same; the archive in the given file, if it is one. */
    private Optional<Archived> finish(Path target) {
        Optional<Archived> found = Optional.empty();
        for (Entry entry : entries(first() - 1, log.head().seq())) {
            if (entry.type().equals(TYPE) && entry.number("through", 0) >= first()) {
                LOG.info(
                        "entry {} names an archive whose entries are still in the stream; they are moved now",
                        entry.seq());
                move(entry);
                if (String.valueOf(target.getFileName()).equals(entry.text("file")) && Files.exists(target)) {
                    found = Optional.of(new Archived(
                            target,
                            entry.number("from", 0),
                            entry.number("through", 0),
                            String.valueOf(entry.text("digest")),
                            entry.number("bytes", 0)));
                }
            }
        }
        return found;
    }

    private void move(Entry archived) {
        long through = archived.number("through", 0);
        for (long from = first(); from <= through; ) {
            Segment segment = Segment.pack(log, from, through);
            List<Object> reply = link.eval(
                    MOVE,
                    List.of(keys.log, keys.segments),
                    List.of(
                            id(from),
                            id(segment.through()),
                            RedisLink.bytes(segment.lastHash()),
                            id(archived.seq()),
                            RedisLink.bytes(archived.hash()),
                            RedisLink.bytes(segment.name()),
                            segment.bytes()));
            if (!RedisLink.text(reply.get(0)).equals("OK")) {
                throw new ControlLogException("the log in Redis changed while entries " + from + " to "
                        + segment.through() + " were archived. They are in the archive and in the log; archive again");
            }
            from = segment.through() + 1;
        }
    }

    private List<Entry> entries(long after, long to) {
        List<Entry> all = new ArrayList<>();
        for (long at = after; at < to; ) {
            List<Entry> batch = log.read(at, (int) Math.min(BATCH, to - at));
            if (batch.isEmpty()) {
                throw new ControlLogException(
                        "the log ends at " + at + ", and ended at " + to + " just now; archive again");
            }
            batch.stream().filter(entry -> entry.type().equals(TYPE)).forEach(all::add);
            at = batch.get(batch.size() - 1).seq();
        }
        return all;
    }

    /** The first entry that is still in the stream. */
    private long first() {
        List<StreamMessage<byte[], byte[]>> first =
                link.call(redis -> redis.xrange(keys.log, Range.unbounded(), Limit.create(0, 1)));
        if (first.isEmpty()) {
            throw new ControlLogException(
                    "there is no entry in Redis to archive; a process with a copy restores them first");
        }
        String id = first.get(0).getId();
        return Long.parseLong(id.substring(0, id.indexOf('-')));
    }

    private static byte[] id(long seq) {
        return RedisLink.bytes(seq + "-0");
    }
}
