package io.modelgate.redis;

import io.modelgate.control.ControlLogException;
import io.modelgate.control.Decision;
import io.modelgate.control.Entry;
import io.modelgate.control.Head;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This process's copy of the log: a file of the log's lines, and in memory its last entries. What cannot be written to the disk stays in
 * memory and is written when that is possible again, so that a full disk keeps no kill from arriving. Thread-safe; nothing here waits for
 * Redis.
 */
final class Copy implements Closeable {

    private static final Logger LOG = LoggerFactory.getLogger(RedisControlLog.class);
    private static final int RECENT = 64;
    private static final long BATCH_BYTES = 4 << 20;

    private final Path path;
    private final RandomAccessFile file;

    /**
     * Is there while the file has all that followers were given. Deleted when something cannot be written, which takes no room on the disk: a
     * process that starts from this file without Redis would otherwise take a state for its last one that it had left long ago.
     */
    private final Path whole;

    // Guarded by this.
    private final Deque<Kept> recent = new ArrayDeque<>();
    /** Where each line ends; the first is 0, before the first line. */
    private long[] ends = new long[64];

    private volatile long written;
    private long synced;
    private boolean marked;

    private volatile Head head = Head.EMPTY;

    /** An entry and its line. */
    private static final class Kept {
        final Entry entry;
        final byte[] line;

        Kept(Entry entry) {
            this.entry = entry;
            line = entry.line();
        }
    }

    private Copy(Path path, RandomAccessFile file) {
        this.path = path;
        this.file = file;
        whole = path.resolveSibling(path.getFileName() + ".whole");
    }

    /**
     * Opens or creates a copy and verifies it. It ends before the first line that does not continue the chain; what stands from there on is
     * set aside.
     *
     * @param entries hears of every entry
     * @param lost hears of the decisions in lines after the first bad one that are whole by themselves
     */
    static Copy open(Path path, Consumer<Entry> entries, Consumer<Decision> lost) throws IOException {
        RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw");
        try {
            Copy copy = new Copy(path, file);
            copy.verify(entries, lost);
            return copy;
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    private synchronized void verify(Consumer<Entry> entries, Consumer<Decision> lost) throws IOException {
        // What a process that ended abruptly had only given to the system counts as forced from here on.
        file.getFD().sync();
        String bad = "";
        List<Decision> rescued = new ArrayList<>();
        try (Lines lines = new Lines(path)) {
            for (byte[] line = lines.next(); line != null; line = lines.next()) {
                try {
                    Entry entry = Entry.parse(line);
                    if (bad.isEmpty() && entry.continues(head)) {
                        add(entry, line.length + 1L);
                        entries.accept(entry);
                        continue;
                    }
                    rescued.add(entry.decision());
                    bad = bad.isEmpty() ? "it does not continue the line before" : bad;
                } catch (IllegalArgumentException e) {
                    bad = bad.isEmpty() ? String.valueOf(e.getMessage()) : bad;
                }
            }
        }
        written = head.seq();
        synced = head.seq();
        recent.clear();
        marked = Files.exists(whole);
        if (head.seq() == 0) {
            mark();
        }
        long end = ends[(int) head.seq()];
        if (file.length() > end) {
            Path aside = aside("damaged-" + (head.seq() + 1));
            byte[] rest = new byte[(int) Math.min(file.length() - end, Integer.MAX_VALUE - 8)];
            file.seek(end);
            file.readFully(rest);
            write(aside, rest);
            rescued.forEach(lost);
            file.setLength(end);
            file.getFD().sync();
            unmark();
            LOG.warn(
                    "copy {} of the control log was cut before line {}: {}. What stood from there on is in {}; Redis has it, unless it lost"
                            + " it too",
                    path,
                    head.seq() + 1,
                    bad.isEmpty() ? "it is not finished" : bad,
                    aside);
        }
    }

    private void add(Entry entry, long length) {
        int seq = (int) entry.seq();
        if (seq >= ends.length) {
            ends = Arrays.copyOf(ends, ends.length + ends.length / 2);
        }
        ends[seq] = ends[seq - 1] + length;
        head = entry.head();
    }

    Head head() {
        return head;
    }

    Path path() {
        return path;
    }

    /** How long ago something was last written here, or it was {@linkplain #touch touched}, by a clock; 0 for an empty copy. */
    long ageMillis(long nowMillis) {
        try {
            return Math.max(0, nowMillis - Files.getLastModifiedTime(path).toMillis());
        } catch (IOException e) {
            return 0;
        }
    }

    /** Says that the copy was all there is at a time. */
    void touch(long nowMillis) {
        try {
            Files.setLastModifiedTime(path, java.nio.file.attribute.FileTime.fromMillis(nowMillis));
        } catch (IOException e) {
            LOG.debug("copy {} keeps its time", path, e);
        }
    }

    /**
     * Adds what comes next, without forcing it to the disk. What is there already is passed over.
     *
     * @return false if an entry is not the one that is here, or does not continue the chain; nothing is added then
     */
    synchronized boolean extend(List<Entry> entries) {
        List<Entry> fresh = new ArrayList<>(entries.size());
        Head next = head;
        for (Entry entry : entries) {
            if (entry.seq() <= head.seq()) {
                if (!entry.hash().equals(hashAt(entry.seq()))) {
                    return false;
                }
            } else if (entry.continues(next)) {
                fresh.add(entry);
                next = entry.head();
            } else {
                return false;
            }
        }
        for (Entry entry : fresh) {
            Kept kept = new Kept(entry);
            add(entry, kept.line.length + 1L);
            recent.add(kept);
        }
        try {
            flush();
        } catch (IOException e) {
            LOG.debug("copy {} waits for its disk", path, e);
            unmark();
        }
        return true;
    }

    private void mark() throws IOException {
        if (!marked) {
            if (!Files.exists(whole)) {
                Files.createFile(whole);
            }
            marked = true;
        }
    }

    private void unmark() {
        if (marked) {
            marked = false;
            try {
                Files.deleteIfExists(whole);
            } catch (IOException e) {
                LOG.error("copy {} lacks entries and cannot say so: {}", path, e.getMessage());
            }
        }
    }

    /** The last entry that is in the file, and so is there when this process starts again. */
    long written() {
        return written;
    }

    /** Whether it was all that this process had when it was closed, or the process ended. */
    synchronized boolean isWhole() {
        return marked;
    }

    /** Says that the log has nothing that is not here. */
    synchronized void caughtUp() {
        if (!marked) {
            try {
                flush();
                mark();
            } catch (IOException e) {
                LOG.debug("copy {} waits for its disk", path, e);
            }
        }
    }

    private void flush() throws IOException {
        if (written < head.seq()) {
            ByteArrayOutputStream lines = new ByteArrayOutputStream();
            for (Kept kept : recent) {
                if (kept.entry.seq() > written) {
                    lines.writeBytes(kept.line);
                    lines.write('\n');
                }
            }
            file.seek(ends[(int) written]);
            file.write(lines.toByteArray());
            written = head.seq();
        }
        while (recent.size() > RECENT) {
            recent.remove();
        }
    }

    /** Forces everything that is here to the disk. */
    void force() throws IOException {
        long target;
        synchronized (this) {
            if (synced == head.seq()) {
                return;
            }
            flush();
            target = written;
        }
        try {
            file.getFD().sync();
        } catch (IOException e) {
            again();
            throw e;
        }
        synchronized (this) {
            synced = Math.max(synced, Math.min(target, head.seq()));
        }
    }

    /** After a failed fsync the system may have dropped what it was to write: so it is written once more before the next. */
    private synchronized void again() {
        List<Entry> unsure = read(synced, Integer.MAX_VALUE, Long.MAX_VALUE);
        recent.clear();
        unsure.forEach(entry -> recent.add(new Kept(entry)));
        written = synced;
    }

    /** Whether everything is on the disk. */
    synchronized boolean forced() {
        return synced == head.seq();
    }

    List<Entry> read(long after, int limit) {
        return read(after, limit, Long.MAX_VALUE);
    }

    /** For followers: at most about 4 MB. */
    List<Entry> batch(long after, int limit) {
        return read(after, limit, BATCH_BYTES);
    }

    private synchronized List<Entry> read(long after, int limit, long maxBytes) {
        if (after >= head.seq()) {
            return List.of();
        }
        long to = Math.min(head.seq(), after + limit);
        List<Entry> entries = new ArrayList<>();
        long inMemory =
                recent.isEmpty() ? head.seq() + 1 : recent.getFirst().entry.seq();
        long seq = after + 1;
        for (; seq <= to && seq < inMemory; seq++) {
            if (ends[(int) seq] - ends[(int) after] > maxBytes && !entries.isEmpty()) {
                return entries;
            }
            entries.add(stored((int) seq));
        }
        Iterator<Kept> rest = recent.iterator();
        while (seq <= to && rest.hasNext()) {
            Entry entry = rest.next().entry;
            if (entry.seq() == seq) {
                entries.add(entry);
                seq++;
            }
        }
        return entries;
    }

    private Entry stored(int seq) {
        try {
            byte[] line = new byte[(int) (ends[seq] - ends[seq - 1] - 1)];
            file.seek(ends[seq - 1]);
            file.readFully(line);
            Entry entry = Entry.parse(line);
            if (entry.seq() == seq) {
                return entry;
            }
        } catch (IOException | IllegalArgumentException e) {
            throw new ControlLogException(
                    "copy " + path + " of the control log, line " + seq + ": it cannot be read any more ("
                            + e.getMessage() + "). Restart this process: it fetches the line from Redis",
                    e);
        }
        throw new ControlLogException("copy " + path + " of the control log, line " + seq
                + ": it was changed while it was in use. Restart this process: it fetches the line from Redis");
    }

    /** The hash of an entry that is here, or what precedes the first. */
    synchronized String hashAt(long seq) {
        if (seq == 0) {
            return Entry.GENESIS;
        }
        return seq == head.seq() ? head.hash() : read(seq - 1, 1).get(0).hash();
    }

    /** Puts other entries in the place of all after one. */
    synchronized void replaceAfter(long seq, List<Entry> entries) throws IOException {
        String hash = hashAt(seq);
        recent.removeIf(kept -> kept.entry.seq() > seq);
        head = new Head(seq, hash);
        written = Math.min(written, seq);
        synced = Math.min(synced, seq);
        file.setLength(ends[(int) written]);
        if (!extend(entries)) {
            throw new IllegalStateException("what comes from Redis does not continue entry " + seq);
        }
    }

    /** Writes entries to a file beside the copy, and forces it to the disk. */
    Path setAside(String suffix, byte[] content) throws IOException {
        Path aside = aside(suffix);
        write(aside, content);
        return aside;
    }

    private Path aside(String suffix) {
        String name = String.valueOf(path.getFileName());
        return path.resolveSibling(name.substring(0, name.length() - ".log".length()) + "." + suffix + ".log");
    }

    private static void write(Path target, byte[] content) throws IOException {
        try (FileOutputStream out = new FileOutputStream(target.toFile())) {
            out.write(content);
            out.getFD().sync();
        }
    }

    @Override
    public void close() throws IOException {
        try {
            force();
        } finally {
            file.close();
        }
    }
}
