package io.modelgate;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps decision records in a folder of files of JSON lines, the full ones compressed, within bounds. Several processes may share a folder: each
 * writes files of its own. Thread-safe.
 *
 * <pre>{@code
 * Gates.open(g -> g.decisionRecords(FileDecisionSink.in(Path.of("decisions"))));
 * }</pre>
 *
 * <p>A file is {@code decisions-TIME-PROCESS-N.jsonl}, readable by its owner only, and ends in {@code .gz} once it is compressed. A process
 * that is killed loses what it had not written, up to a second's records; a machine that loses power, what the system had not put on
 * the disk.
 */
public final class FileDecisionSink implements DecisionSink {

    private static final Logger LOG = LoggerFactory.getLogger("io.modelgate");
    private static final long LAST_COMPRESSION_SECONDS = 10;

    private final RotatedFiles files;
    private final FileDecisionSinkBuilder config;
    private final Disk disk;
    private final String process =
            ProcessHandle.current().pid() + "-" + UUID.randomUUID().toString().substring(0, 8);
    private final ThreadPoolExecutor tidying = new ThreadPoolExecutor(
            1,
            1,
            1,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            task -> Events.daemon(task, "modelgate-records-gzip"));

    // Guarded by this.
    private @Nullable RandomAccessFile current;
    private @Nullable Path path;
    private Instant began = Instant.EPOCH;
    private long length;
    private long number;
    private boolean closed;

    /** The one call that tests replace to have a disk fail. Through java.io, because an interrupt would close a channel. */
    interface Disk {
        void write(RandomAccessFile file, byte[] bytes) throws IOException;
    }

    FileDecisionSink(Path folder, FileDecisionSinkBuilder config, Disk disk) {
        this.config = config;
        this.disk = disk;
        files = new RotatedFiles(folder, config);
        tidying.allowCoreThreadTimeOut(true);
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "folder " + folder + " of decision records cannot be made; give one that this process may write",
                    e);
        }
        if (!Files.isWritable(folder)) {
            throw new UncheckedIOException(new IOException("folder " + folder
                    + " of decision records cannot be written; give one that this process may write"));
        }
        tidying.execute(() -> files.tidy(List.of()));
    }

    /**
     * Keeps records in a folder, which is made if it is not there.
     *
     * @throws UncheckedIOException if it cannot be made or written
     */
    public static FileDecisionSink in(Path folder) {
        return in(folder, f -> {});
    }

    /**
     * Keeps records in a folder, which is made if it is not there.
     *
     * @param configure says when files rotate and how much is kept
     * @throws UncheckedIOException if it cannot be made or written
     */
    public static FileDecisionSink in(Path folder, Consumer<FileDecisionSinkBuilder> configure) {
        FileDecisionSinkBuilder builder = new FileDecisionSinkBuilder();
        configure.accept(builder);
        return new FileDecisionSink(folder, builder, RandomAccessFile::write);
    }

    /** @throws IllegalStateException if it is closed */
    @Override
    public synchronized void write(List<DecisionRecord> batch) throws IOException {
        if (closed) {
            throw new IllegalStateException("this sink is closed");
        }
        rotateIfOld();
        ByteArrayOutputStream lines = new ByteArrayOutputStream(batch.size() * 512);
        for (DecisionRecord each : batch) {
            lines.writeBytes(each.json().getBytes(StandardCharsets.UTF_8));
            lines.write('\n');
        }
        put(lines.toByteArray());
        if (takenAway()) {
            put(lines.toByteArray());
        }
        if (length >= config.rotateBytes) {
            rotate();
        }
    }

    private void put(byte[] lines) throws IOException {
        RandomAccessFile file = current == null ? open() : current;
        try {
            disk.write(file, lines);
        } catch (IOException e) {
            takeBack(file);
            throw e;
        }
        length += lines.length;
    }

    /**
     * Whether the file that was just written to is gone, compressed and deleted by another process; then the next write begins another. Asked
     * after a write and not before it: what goes meanwhile is found missing too, and is written twice at the worst.
     */
    private boolean takenAway() {
        Path file = path;
        if (file == null || !Files.notExists(file)) {
            return false;
        }
        LOG.warn(
                "decision records: {} was taken away while it was written, and another file goes on; "
                        + "is the clock of another process of this folder a day ahead?",
                file);
        rotate();
        return true;
    }

    private RandomAccessFile open() throws IOException {
        began = config.instants.instant();
        Path made = files.make(began, process, number++);
        RandomAccessFile file = new RandomAccessFile(made.toFile(), "rw");
        path = made;
        current = file;
        length = 0;
        return file;
    }

    /** What was half written would be written again with the rest. */
    private void takeBack(RandomAccessFile file) {
        try {
            file.setLength(length);
            file.seek(length);
        } catch (IOException e) {
            LOG.warn("decision records: {} ends in a torn line, and another file goes on: {}", path, e.toString());
            rotate();
        }
    }

    private void rotateIfOld() {
        if (current != null && !config.instants.instant().isBefore(began.plus(config.rotateAfter))) {
            rotate();
        }
    }

    private void rotate() {
        RandomAccessFile file = current;
        Path full = path;
        current = null;
        path = null;
        if (file == null || full == null) {
            return;
        }
        try (file) {
            file.getFD().sync();
        } catch (IOException e) {
            LOG.warn("decision records: {} may not be on the disk: {}", full, e.toString());
        }
        List<Path> rotated = new ArrayList<>(List.of(full));
        tidying.execute(() -> files.tidy(rotated));
    }

    /** Begins another file if the present one is old enough: what is written is with the system already. */
    @Override
    public synchronized void flush() {
        if (!closed) {
            rotateIfOld();
        }
    }

    /** Compresses the last file too, if that takes no longer than ten seconds. */
    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            rotate();
        }
        tidying.shutdown();
        try {
            if (!tidying.awaitTermination(LAST_COMPRESSION_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("decision records: the last file is compressed by whoever uses the folder tomorrow");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
