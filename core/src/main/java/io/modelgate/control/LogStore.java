package io.modelgate.control;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads and extends a log file.
 *
 * <p>Only what the head file acknowledges is ever read as part of the log. So a reader needs no lock, and a writer may take back
 * what it has not acknowledged yet.
 */
final class LogStore {

    private static final Logger LOGGER = LoggerFactory.getLogger(FileControlLog.class);

    private final LogFiles files;
    private final Disk disk;
    private final Chain chain = new Chain();
    private volatile @Nullable TornTail torn;

    LogStore(LogFiles files, Disk disk) {
        this.files = files;
        this.disk = disk;
    }

    Chain chain() {
        return chain;
    }

    Optional<TornTail> torn() {
        return Optional.ofNullable(torn);
    }

    /** Creates what is missing of an empty log. To be called under the lock. */
    void create() throws IOException {
        Optional<Head> acknowledged = HeadFile.read(files);
        boolean exists = Files.exists(files.log());
        if (exists && Files.size(files.log()) > 0) {
            if (acknowledged.isEmpty()) {
                throw Refusals.headMissing(files);
            }
            return;
        }
        if (acknowledged.isPresent() && acknowledged.get().seq() > 0) {
            throw Refusals.logMissing(files, acknowledged.get());
        }
        if (!exists) {
            Files.createFile(files.log());
        }
        if (acknowledged.isEmpty()) {
            // Before the first entry, so that a log with entries and without a head file is never the trace of a mere
            // crash.
            HeadFile.write(files, Head.EMPTY, disk);
        }
        disk.syncDirectory(files.directory());
    }

    /** Whether the file is not as long as what is known of it; cheap enough to ask all the time. */
    boolean stale() throws IOException {
        try {
            return Files.size(files.log()) != chain.end();
        } catch (NoSuchFileException e) {
            return true;
        }
    }

    /**
     * Reads what was acknowledged since.
     *
     * @throws ControlLogException if that does not continue what is known; which then stays as it is
     */
    void refresh() throws IOException {
        synchronized (chain) {
            Head known = chain.head();
            Head acknowledged = HeadFile.read(files).orElseThrow(() -> Refusals.headMissing(files));
            long size = size(acknowledged);
            if (size < chain.end()) {
                throw Refusals.becameShorter(files, known, chain.end(), size);
            }
            if (acknowledged.seq() < known.seq()
                    || (acknowledged.seq() == known.seq() && !acknowledged.equals(known))) {
                throw Refusals.wentBack(files, known, acknowledged);
            }
            if (acknowledged.seq() > known.seq()) {
                extend(known, acknowledged);
            }
        }
    }

    private long size(Head acknowledged) throws IOException {
        try {
            return Files.size(files.log());
        } catch (NoSuchFileException e) {
            throw Refusals.logMissing(files, acknowledged);
        }
    }

    private void extend(Head known, Head acknowledged) throws IOException {
        List<Chain.Fresh> fresh = new ArrayList<>();
        Head last = known;
        try (ChainReader reader = new ChainReader(files.log(), known.seq(), known.hash(), chain.end())) {
            while (last.seq() < acknowledged.seq()) {
                long offset = reader.offset();
                Entry entry = reader.next();
                if (entry == null) {
                    throw Refusals.shorter(files, last, acknowledged, reader.unfinished());
                }
                fresh.add(new Chain.Fresh(entry.decision().id(), offset));
                last = entry.head();
            }
            if (!last.equals(acknowledged)) {
                throw Refusals.otherHash(files, last, acknowledged);
            }
            chain.add(fresh, last, reader.offset());
        } catch (BadLineException e) {
            throw Refusals.line(files, e);
        }
    }

    /**
     * Brings the log into the state in which something can be appended: whatever lies beyond the head is of a writer that died or
     * failed. Complete lines are kept and acknowledged, an unfinished one is cut off. To be called under the lock.
     */
    void recover() throws IOException {
        refresh();
        if (!stale()) {
            return;
        }
        long from = chain.end();
        Head last = chain.head();
        Set<String> ids = new HashSet<>();
        try (ChainReader reader = new ChainReader(files.log(), last.seq(), last.hash(), from)) {
            long end = from;
            try {
                for (Entry entry = reader.next(); entry != null; entry = reader.next()) {
                    String id = entry.decision().id();
                    if (chain.seq(id) > 0 || !ids.add(id)) {
                        throw new BadLineException(entry.seq(), "it repeats the id " + id);
                    }
                    last = entry.head();
                    end = reader.offset();
                }
            } catch (BadLineException e) {
                throw Refusals.unacknowledgedLine(files, e, end);
            }
            if (reader.unfinished() > 0) {
                cut(new TornTail(last.seq() + 1, end, reader.unfinished()));
            }
            if (end > from) {
                // Written once more: if their writer's fsync failed, the system may hold them for clean and never write
                // them.
                commit(bytes(from, end), last, end);
            }
        }
    }

    private void cut(TornTail tail) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(files.log().toFile(), "rw")) {
            disk.cut(file, tail.offset());
        }
        torn = tail;
        LOGGER.warn(
                "control log {}: line {} was unfinished ({} bytes at byte {}) and was cut off; it was never acknowledged",
                files.log(),
                tail.line(),
                tail.bytes(),
                tail.offset());
    }

    private byte[] bytes(long from, long to) throws IOException {
        byte[] bytes = new byte[Math.toIntExact(to - from)];
        try (RandomAccessFile file = new RandomAccessFile(files.log().toFile(), "r")) {
            file.seek(from);
            file.readFully(bytes);
        }
        return bytes;
    }

    /**
     * Writes lines after the acknowledged ones and acknowledges them. If this throws, they may be in the file, but are no part of
     * the log until {@link #recover} makes them so. To be called under the lock.
     *
     * @param newHead where the log ends with them
     * @param cutBack the length to which the file goes back if the write fails
     */
    void commit(byte[] bytes, Head newHead, long cutBack) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(files.log().toFile(), "rw")) {
            try {
                disk.write(file, chain.end(), bytes);
                disk.sync(file);
            } catch (IOException e) {
                try {
                    disk.cut(file, cutBack);
                } catch (IOException suppressed) {
                    e.addSuppressed(suppressed);
                }
                throw e;
            }
        }
        try {
            HeadFile.write(files, newHead, disk);
        } catch (IOException e) {
            takeBack(newHead, cutBack, e);
            throw e;
        }
        refresh();
    }

    /** Cuts lines off again that could not be acknowledged, so that what was reported as failed does not become part of the log later. */
    private void takeBack(Head newHead, long cutBack, IOException reason) {
        try (RandomAccessFile file = new RandomAccessFile(files.log().toFile(), "rw")) {
            if (HeadFile.read(files).filter(newHead::equals).isEmpty()) {
                disk.cut(file, cutBack);
            }
        } catch (IOException | RuntimeException e) {
            reason.addSuppressed(e);
        }
    }

    /** Up to {@code limit} acknowledged entries after a sequence number; fewer if they have more than {@code maxBytes}. */
    List<Entry> entries(long after, int limit, long maxBytes) throws IOException {
        long count = Math.min(limit, chain.head().seq() - after);
        List<Entry> entries = new ArrayList<>((int) Math.max(0, Math.min(count, 1024)));
        if (count <= 0) {
            return entries;
        }
        long offset = chain.offsetAfter(after);
        try (ChainReader reader = new ChainReader(files.log(), after, after == 0 ? Entry.GENESIS : null, offset)) {
            while (entries.size() < count && reader.offset() - offset <= maxBytes) {
                Entry entry = reader.next();
                if (entry == null) {
                    throw Refusals.changed(files, after + entries.size() + 1, "the line disappeared");
                }
                entries.add(entry);
            }
        } catch (BadLineException e) {
            throw Refusals.line(files, e);
        }
        return entries;
    }
}
