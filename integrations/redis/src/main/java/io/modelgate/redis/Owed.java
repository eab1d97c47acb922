package io.modelgate.redis;

import io.modelgate.control.ControlLogException;
import io.modelgate.control.Decision;
import io.modelgate.control.Entry;
import io.modelgate.control.Head;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The decisions that are durable in this process and not in the log yet: a file of lines, each of which stands for itself. Thread-safe;
 * its lock is never held over anything but this file.
 */
final class Owed implements Closeable {

    private static final Logger LOG = LoggerFactory.getLogger(RedisControlLog.class);

    private final Path path;
    private final RandomAccessFile file;
    private final Map<String, Decision> decisions = new LinkedHashMap<>();

    /** Those that the copy has, but perhaps not on the disk. */
    private final Set<String> arrived = new HashSet<>();

    private Owed(Path path, RandomAccessFile file) {
        this.path = path;
        this.file = file;
    }

    static Owed open(Path path) throws IOException {
        RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw");
        Owed owed = new Owed(path, file);
        try (Lines lines = new Lines(path)) {
            for (byte[] line = lines.next(); line != null; line = lines.next()) {
                try {
                    Decision decision = Entry.parse(line).decision();
                    owed.decisions.put(decision.id(), decision);
                } catch (IllegalArgumentException e) {
                    LOG.warn("outbox {}: a line cannot be read and is passed over: {}", path, e.getMessage());
                }
            }
            owed.finishLastLine();
            return owed;
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    /**
     * Makes decisions durable here; those that are already are passed over.
     *
     * @throws ControlLogException if that fails; none is owed then that was not before
     */
    synchronized void add(Collection<Decision> owed) {
        owed.forEach(each -> arrived.remove(each.id()));
        List<Decision> fresh =
                owed.stream().filter(each -> !decisions.containsKey(each.id())).toList();
        if (fresh.isEmpty()) {
            return;
        }
        try {
            long end = file.length();
            try {
                file.seek(end);
                file.write(lines(fresh));
                file.getFD().sync();
            } catch (IOException e) {
                file.setLength(end);
                throw e;
            }
        } catch (IOException e) {
            throw new ControlLogException("outbox " + path + " cannot be written: " + e.getMessage(), e);
        }
        fresh.forEach(each -> decisions.put(each.id(), each));
    }

    /** Says that the copy has a decision, which is owed until {@link #stored} says that it is on the disk there. */
    synchronized void arrived(String id) {
        if (decisions.containsKey(id)) {
            arrived.add(id);
        }
    }

    /** What arrived; to be asked for before the copy is forced, and said to be stored after that. */
    synchronized List<String> arrived() {
        return List.copyOf(arrived);
    }

    /** Says that the log has a decision, and the copy on the disk. */
    synchronized void stored(String id) {
        arrived.remove(id);
        if (decisions.remove(id) != null && decisions.isEmpty()) {
            try {
                file.setLength(0);
            } catch (IOException e) {
                // Then it is appended once more after a restart, which changes nothing.
                LOG.debug("outbox {} keeps what is stored already", path, e);
            }
        }
    }

    /** What follows the last newline was never acknowledged; but the next line must not be glued to it. */
    private void finishLastLine() throws IOException {
        long length = file.length();
        if (length > 0) {
            file.seek(length - 1);
            if (file.read() != '\n') {
                file.write('\n');
            }
        }
    }

    private static byte[] lines(Collection<Decision> decisions) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (Decision decision : decisions) {
            out.writeBytes(Entry.after(Head.EMPTY, decision).line());
            out.write('\n');
        }
        return out.toByteArray();
    }

    /** What has not arrived in the log, in the order in which it was made. */
    synchronized List<Decision> all() {
        return decisions.values().stream()
                .filter(each -> !arrived.contains(each.id()))
                .toList();
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
