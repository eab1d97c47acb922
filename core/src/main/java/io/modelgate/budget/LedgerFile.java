package io.modelgate.budget;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The durable ledger: for an account and a period, an amount that was certainly not exceeded before it was raised.
 *
 * <p>One text file, to which lines are only added; it is written anew, without what is over, when it is opened and when it has
 * grown. It belongs to one process. A mark that was raised survives the end of the process, however that ends, and the end of the
 * machine once {@link #sync()} has returned; from then on a head file beside it tells if it became shorter. Thread-safe; no mark
 * waits for the disk to sync; who raises one mark from two threads puts them in order.
 */
final class LedgerFile implements AutoCloseable {

    /** Says which periods are over, so that their marks can be forgotten. */
    @FunctionalInterface
    interface Over {
        boolean over(String budget, long period);
    }

    private static final Over NEVER = (budget, period) -> false;

    /** Below so many lines it is not worth the trouble to write the file anew. */
    private static final long FEW_LINES = 100_000;

    private static final long LINES_PER_MARK = 4;

    private final Path path;
    private final LedgerLock owner;
    private final Disk disk;
    private final @Nullable String problem;
    private final Map<LedgerLine.Mark, Long> marks;
    /** Held while the file is made durable, written anew or closed; taken before the other. */
    private final ReentrantLock durability = new ReentrantLock();

    private final ReentrantLock lock = new ReentrantLock();

    /** The ends that the head file says; under the lock of durability. */
    private List<LedgerHead.End> ends;

    /** Null while it has to be opened (again). */
    private @Nullable RandomAccessFile file;

    /** How much of the file is lines; what stands behind is the rest of a failed write. */
    private long length;

    private boolean remains;
    private String before = LedgerLine.START;
    private long lines;
    /** How many lines the file had when it was written anew. */
    private long linesAnew;
    /** Whether what was written may not be on the disk after all, so that it has to be written anew; under the lock of durability. */
    private boolean doubtful;
    /** Whether the file may be another than the one that was written. */
    private boolean replaced;
    /** What the system knows the file by; null if it has no such thing. */
    private @Nullable Object identity;

    private boolean closed;

    private LedgerFile(
            Path path, LedgerLock owner, Disk disk, List<LedgerHead.End> ends, LedgerReader.Content content) {
        this.path = path;
        this.owner = owner;
        this.disk = disk;
        this.ends = ends;
        this.marks = new ConcurrentHashMap<>(content.marks());
        this.problem = content.problem();
    }

    /** {@link #open(Path, Over)} that forgets nothing. */
    static LedgerFile open(Path file) {
        return open(file, NEVER);
    }

    /**
     * Opens a ledger, and makes it if there is none.
     *
     * @param over says whose marks are left out
     * @throws IllegalStateException if it is open already, is damaged (the message has the number of the line), or is not what it was
     *     when it was last made durable
     * @throws UncheckedIOException if it cannot be read or written
     */
    static LedgerFile open(Path file, Over over) {
        return open(file, over, new Disk());
    }

    static LedgerFile open(Path file, Over over, Disk disk) {
        try {
            return opened(LedgerLock.real(file), over, disk);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot open the ledger " + file + ": " + e, e);
        }
    }

    private static LedgerFile opened(Path path, Over over, Disk disk) throws IOException {
        LedgerLock owner = LedgerLock.of(path);
        LedgerFile ledger = null;
        try {
            List<LedgerHead.End> ends = LedgerHead.read(path);
            ledger = new LedgerFile(path, owner, disk, ends, content(path, ends));
            ledger.rewrite(over);
            return ledger;
        } catch (IOException | RuntimeException e) {
            if (ledger != null) {
                ledger.release();
            }
            owner.close();
            throw e;
        }
    }

    private static LedgerReader.Content content(Path path, List<LedgerHead.End> ends) throws IOException {
        if (!Files.notExists(path)) {
            return LedgerReader.read(path, ends);
        }
        if (!ends.isEmpty()) {
            throw LedgerHead.missed(path, 0, ends);
        }
        return new LedgerReader.Content(Map.of(), null);
    }

    /** What is to be known of the end of the file: that the last process did not close it, what was cut off, what cannot be told. */
    Optional<String> repaired() {
        return Optional.ofNullable(problem);
    }

    /** Whether it holds no mark at all. */
    boolean isEmpty() {
        return marks.isEmpty();
    }

    @Override
    public String toString() {
        return path.toString();
    }

    /** The mark of an account in a period, or what it spent exactly; 0 if there is none. */
    long mark(String budget, String keyHash, long period) {
        return marks.getOrDefault(new LedgerLine.Mark(budget, keyHash, period), 0L);
    }

    /**
     * Raises a mark before more than the old one is spent; one that is as high already stays.
     *
     * @throws UncheckedIOException if it cannot be written; then nothing may be spent above the old one
     * @throws IllegalStateException if the ledger is closed
     */
    void raise(String budget, String keyHash, long period, long mark) {
        append(LedgerLine.Kind.MARK, budget, keyHash, period, mark);
    }

    /**
     * Sets what an account has spent exactly; nobody may spend from it meanwhile.
     *
     * @throws UncheckedIOException if it cannot be written; then the mark stays
     * @throws IllegalStateException if the ledger is closed
     */
    void exact(String budget, String keyHash, long period, long spent) {
        append(LedgerLine.Kind.EXACT, budget, keyHash, period, spent);
    }

    private void append(LedgerLine.Kind kind, String budget, String keyHash, long period, long amount) {
        LedgerLine.check(budget, keyHash, amount);
        LedgerLine.Mark mark = new LedgerLine.Mark(budget, keyHash, period);
        lock.lock();
        try {
            checkOpen();
            long old = marks.getOrDefault(mark, 0L);
            if (amount == old || (kind == LedgerLine.Kind.MARK && amount < old)) {
                return;
            }
            write(LedgerLine.amount(kind, mark, amount, before));
            if (amount == 0) {
                marks.remove(mark); // forgotten, and so is the memory it took
            } else {
                marks.put(mark, amount);
            }
        } catch (IOException e) {
            throw failed("write to", e);
        } finally {
            lock.unlock();
        }
    }

    private void write(LedgerLine line) throws IOException {
        RandomAccessFile to = writable();
        byte[] bytes = line.bytes();
        remains = true;
        disk.write(to, length, bytes);
        remains = false;
        length += bytes.length;
        before = line.checksum();
        lines++;
    }

    /** The file, which ends where the next line begins. */
    private RandomAccessFile writable() throws IOException {
        if (replaced) {
            throw new IOException("it was not written anew to its end; the next sync does that");
        }
        RandomAccessFile to = file;
        if (to == null) {
            to = new RandomAccessFile(path.toFile(), "rw");
            file = to;
            remains = true;
        }
        if (remains) {
            if (to.length() < length) {
                throw new IOException("it has become shorter than what was written to it");
            }
            disk.cut(to, length);
            remains = false;
        }
        return to;
    }

    /** {@link #sync(Over)} that forgets nothing. */
    void sync() {
        sync(NEVER);
    }

    /**
     * Makes everything that was written before survive a crash of the machine. Also writes the file anew if it has grown much, is no
     * longer the one that was opened, or could not be made durable before.
     *
     * @param over says whose marks are left out if it is written anew
     * @throws UncheckedIOException if that fails; the next call tries again
     * @throws IllegalStateException if the ledger is closed
     */
    void sync(Over over) {
        durability.lock();
        try {
            RandomAccessFile open;
            LedgerHead.End end;
            lock.lock();
            try {
                checkOpen();
                if (doubtful || replaced || grown() || lost()) {
                    rewrite(over);
                    return;
                }
                end = new LedgerHead.End(length, before);
                if (ends.equals(List.of(end))) {
                    return;
                }
                open = writable();
            } finally {
                lock.unlock();
            }
            // After a failure the system may have dropped the lines, and a later success says nothing about them.
            doubtful = true;
            disk.sync(open);
            doubtful = false;
            head(List.of(end));
        } catch (IOException e) {
            throw failed("make durable", e);
        } finally {
            durability.unlock();
        }
    }

    private boolean grown() {
        return lines > Math.max(FEW_LINES, LINES_PER_MARK * linesAnew);
    }

    /** Whether somebody removed, replaced or cut the file. */
    private boolean lost() throws IOException {
        return !Files.exists(path) || Files.size(path) < length || !Objects.equals(identity, identity());
    }

    private @Nullable Object identity() throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
    }

    private void head(List<LedgerHead.End> accepted) throws IOException {
        LedgerHead.write(path, accepted, disk);
        ends = accepted;
    }

    /**
     * Writes the file anew without the marks of periods that are over. Marks cannot be raised meanwhile.
     *
     * @throws UncheckedIOException if that fails; then the marks are as they were
     * @throws IllegalStateException if the ledger is closed
     */
    void compact(Over over) {
        durability.lock();
        lock.lock();
        try {
            checkOpen();
            rewrite(over);
        } catch (IOException e) {
            throw failed("write anew", e);
        } finally {
            lock.unlock();
            durability.unlock();
        }
    }

    private void rewrite(Over over) throws IOException {
        Map<LedgerLine.Mark, Long> kept = new HashMap<>(marks);
        kept.entrySet()
                .removeIf(mark -> mark.getValue() == 0
                        || over.over(mark.getKey().budget(), mark.getKey().period()));
        Path fresh = path.resolveSibling(path.getFileName() + ".tmp");
        LedgerHead.End end = LedgerWriter.write(fresh, kept, disk);
        List<LedgerHead.End> old = ends;
        if (!ends.isEmpty()) {
            List<LedgerHead.End> either = new ArrayList<>(ends);
            either.add(end);
            head(List.copyOf(either));
        }
        // Closed on both sides of the move, because Windows moves no open file.
        release();
        replaced = true;
        try {
            disk.replace(path, fresh);
        } catch (IOException e) {
            if (Files.exists(fresh)) { // so it is where it was, and the ledger too
                replaced = false;
                ends = old;
            }
            throw e;
        }
        replaced = false;
        length = end.length();
        before = end.checksum();
        lines = kept.size();
        linesAnew = lines;
        marks.keySet().retainAll(kept.keySet());
        remains = false;
        doubtful = false;
        identity = identity();
        writable();
        head(List.of(end));
    }

    private void release() throws IOException {
        RandomAccessFile open = file;
        file = null;
        if (open != null) {
            open.close();
        }
    }

    /**
     * Closes the ledger durably and gives it up to others. Does nothing if it is closed.
     *
     * @throws UncheckedIOException if it cannot be made durable; it is given up all the same
     */
    @Override
    public void close() {
        durability.lock();
        lock.lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
            try (owner) {
                end();
            }
        } catch (IOException e) {
            throw failed("close", e);
        } finally {
            lock.unlock();
            durability.unlock();
        }
    }

    private void end() throws IOException {
        try {
            if (doubtful || replaced || lost()) {
                rewrite(NEVER);
            }
            write(LedgerLine.closed(before));
            disk.sync(writable());
            head(List.of(new LedgerHead.End(length, before)));
        } finally {
            release();
        }
    }

    private void checkOpen() {
        if (closed) {
            throw new IllegalStateException("ledger " + path + " is closed");
        }
    }

    private UncheckedIOException failed(String what, IOException e) {
        return new UncheckedIOException("cannot " + what + " the ledger " + path + ": " + e.getMessage(), e);
    }
}
