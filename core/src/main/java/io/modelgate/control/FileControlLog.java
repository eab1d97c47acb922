package io.modelgate.control;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A control log in a file of JSON lines, which any number of processes of one host share.
 *
 * <p>An append takes a lock that excludes every other writer, forces its lines to the disk at once with one fsync, and then
 * acknowledges them in the head file beside the log. Entries of other processes arrive at followers within about 20 ms of that,
 * own entries at once. What was acknowledged survives the death of any process and, as far as the disk keeps what it confirmed,
 * of the machine. The file must be on a local file system. {@code docs/control-log.md} describes the format, the files beside
 * the log and which damage is detected.
 *
 * <p>Thread-safe. Followers are called on one thread of this instance.
 */
public final class FileControlLog implements ControlLog {

    private static final Logger LOGGER = LoggerFactory.getLogger(FileControlLog.class);
    private static final Duration POLL = Duration.ofMillis(20);
    private static final int BATCH = 1024;
    private static final long BATCH_BYTES = 4 << 20;

    private final LogFiles files;
    private final LogStore store;
    private final FollowThread followers;
    private final AtomicReference<@Nullable String> problem = new AtomicReference<>();
    private final InstanceFiles instances;
    private final byte[] secret;
    private final boolean writable;
    private volatile boolean closed;

    private FileControlLog(LogFiles files, LogStore store, byte[] secret, Duration poll, boolean writable) {
        this.files = files;
        this.store = store;
        this.writable = writable;
        this.secret = secret;
        instances = new InstanceFiles(files, InstantSource.system());
        followers = new FollowThread("modelgate-follow-" + files.log().getFileName(), poll, this::next);
    }

    /**
     * Opens a log, or creates it in an existing directory, and verifies all of it.
     *
     * <p>The trace of a process that died while appending is cut off and reported ({@link #tornTail}).
     *
     * @throws ControlLogException if the file cannot be read or written, if a line is not the next one of the chain, or if
     *     entries are missing that the head file says were acknowledged; the message names the file, the line and the fix
     */
    public static FileControlLog open(Path file) {
        return open(file, new Disk(), POLL);
    }

    static FileControlLog open(Path file, Disk disk, Duration poll) {
        LogFiles files = LogFiles.at(file);
        LogStore store = new LogStore(files, disk);
        try {
            return LogLock.holding(files.lock(), () -> {
                store.create();
                store.recover();
                byte[] secret = KeyFile.open(files, store.chain().head().seq() == 0, disk);
                return new FileControlLog(files, store, secret, poll, true);
            });
        } catch (IOException e) {
            throw new ControlLogException(
                    "control log " + files.log() + " cannot be opened: " + LogFiles.reason(e)
                            + "; this process needs to read and write it and the files beside it",
                    e);
        }
    }

    /**
     * Opens a log to look at it, and verifies all of it. Waits for no lock and changes no file, so that it works beside a writer that
     * hangs, on a disk that is full and without the right to write; the log can be read and followed, but nothing can be appended.
     *
     * <p>It does not know the log's secret: the identities that it hashes match nobody.
     *
     * @throws ControlLogException if there is no such log or it cannot be read, or as {@link #open} does
     */
    public static FileControlLog view(Path file) {
        LogFiles files = LogFiles.at(file);
        LogStore store = new LogStore(files, new Disk());
        try {
            store.refresh();
        } catch (IOException e) {
            throw new ControlLogException("control log " + files.log() + " cannot be read: " + LogFiles.reason(e), e);
        }
        byte[] nobody = new byte[KeyFile.BYTES];
        new SecureRandom().nextBytes(nobody);
        return new FileControlLog(files, store, nobody, POLL, false);
    }

    /**
     * Verifies a log and its head file without changing anything, also while processes write it.
     *
     * @throws ControlLogException if the directory of the file does not exist
     */
    public static Verification verify(Path file) {
        return Inspection.verify(LogFiles.at(file));
    }

    /**
     * Accepts a log as it is: verifies its chain and writes its head file anew. For a person who has made sure that the log is
     * the right one; entries that were lost from its end stay lost without a further word.
     *
     * @return where the log ends
     * @throws ControlLogException if the chain is broken or a file cannot be read or written
     */
    public static Head seal(Path file) {
        return Inspection.seal(LogFiles.at(file), new Disk());
    }

    /**
     * {@inheritDoc}
     *
     * <p>Takes the time of two fsyncs, whatever the number of decisions.
     *
     * @throws IllegalArgumentException if a decision takes more than 16 MiB in the log; nothing is appended then
     */
    @Override
    public List<Entry> append(List<Decision> decisions) {
        List<Decision> batch = List.copyOf(decisions);
        return writing(() -> write(batch));
    }

    @Override
    public Optional<Entry> appendIf(long expectedSeq, Decision decision) {
        Objects.requireNonNull(decision, "decision");
        return writing(() -> {
            Chain chain = store.chain();
            return chain.seq(decision.id()) == 0 && chain.head().seq() != expectedSeq
                    ? Optional.empty()
                    : Optional.of(write(List.of(decision)).get(0));
        });
    }

    private List<Entry> write(List<Decision> decisions) throws IOException {
        Chain chain = store.chain();
        Head head = chain.head();
        Map<String, Entry> entries = new LinkedHashMap<>();
        ByteArrayOutputStream lines = new ByteArrayOutputStream();
        for (Decision decision : decisions) {
            if (entries.containsKey(decision.id())) {
                continue;
            }
            long known = chain.seq(decision.id());
            if (known > 0) {
                entries.put(decision.id(), store.entries(known - 1, 1, 0).get(0));
            } else {
                Entry entry = LineWriter.write(head.seq() + 1, decision, head.hash(), lines);
                entries.put(decision.id(), entry);
                head = entry.head();
            }
        }
        if (lines.size() > 0) {
            store.commit(lines.toByteArray(), head, chain.end());
        }
        return decisions.stream()
                .map(decision -> Objects.requireNonNull(entries.get(decision.id())))
                .toList();
    }

    private <T> T writing(LogLock.Action<T> action) {
        requireOpen();
        if (!writable) {
            throw new ControlLogException(
                    "control log " + files.log() + " is open to be looked at only: nothing can be appended here");
        }
        T result;
        try {
            result = LogLock.holding(files.lock(), () -> {
                requireOpen();
                recover();
                return action.run();
            });
        } catch (IOException e) {
            throw new ControlLogException(
                    "control log " + files.log() + ": append failed: " + LogFiles.reason(e)
                            + ". Nothing was acknowledged; to append again with the same ids is safe",
                    e);
        }
        followers.wake();
        return result;
    }

    @Override
    public List<Entry> read(long after, int limit) {
        requireOpen();
        Arguments.after(after);
        Arguments.limit(limit);
        try {
            return List.copyOf(entries(after, limit, Long.MAX_VALUE));
        } catch (IOException e) {
            throw new ControlLogException("control log " + files.log() + " cannot be read: " + LogFiles.reason(e), e);
        }
    }

    /**
     * {@inheritDoc}
     *
     * <p>The follower is called on the thread that this instance keeps for its followers; one that is slow delays the others. A
     * batch that is under way when the subscription is closed may still be handed over.
     */
    @Override
    public Subscription follow(long after, Consumer<List<Entry>> consumer) {
        requireOpen();
        Arguments.after(after);
        Follower follower = new Follower(after, Objects.requireNonNull(consumer, "follower"));
        followers.add(follower);
        if (closed) {
            followers.remove(follower);
        }
        return () -> followers.remove(follower);
    }

    @Override
    public Head head() {
        try {
            if (!closed && store.stale()) {
                store.refresh();
            }
        } catch (IOException | ControlLogException e) {
            report(e);
        }
        return store.chain().head();
    }

    @Override
    public byte[] identitySecret() {
        return secret.clone();
    }

    /**
     * {@inheritDoc}
     *
     * <p>They are those on this host that opened the log for writing and serve from it. One counts as live until it has been silent for
     * three seconds, and is forgotten after an hour.
     */
    @Override
    public List<Instance> instances() {
        requireOpen();
        try {
            return instances.read(writable);
        } catch (IOException | DirectoryIteratorException e) {
            throw new ControlLogException(
                    "control log " + files.log() + ": which processes serve from it cannot be read: " + e, e);
        }
    }

    @Override
    public String instance() {
        return writable ? instances.name() : "";
    }

    @Override
    public void applied(Head head) {
        if (writable && !closed) {
            instances.applied(head);
        }
    }

    /** The unfinished line that this instance cut off last, when it opened the log or since; empty if there was none. */
    public Optional<TornTail> tornTail() {
        return store.torn();
    }

    @Override
    public void close() {
        closed = true;
        followers.removeAll();
        instances.close();
    }

    /** For the followers' thread: what it cannot read is reported, and tried again. */
    private List<Entry> next(long after) {
        try {
            return closed ? List.of() : entries(after, BATCH, BATCH_BYTES);
        } catch (ControlLogException e) {
            return List.of(); // it is reported
        } catch (IOException | RuntimeException | Error e) {
            // Whatever it is, the thread goes on: what arrives next may be a kill.
            report(e);
            return List.of();
        }
    }

    private List<Entry> entries(long after, int limit, long maxBytes) throws IOException {
        List<Entry> entries;
        try {
            if (store.stale() || problem.get() != null) {
                store.refresh();
            }
            entries = store.entries(after, limit, maxBytes);
        } catch (ControlLogException e) {
            report(e);
            throw e;
        }
        if (problem.getAndSet(null) != null) {
            LOGGER.warn("control log {}: it can be read again", files.log());
        }
        return entries;
    }

    private void recover() throws IOException {
        try {
            store.recover();
        } catch (ControlLogException e) {
            report(e);
            throw e;
        }
    }

    /** Once for each problem, however often it is met. */
    private void report(Throwable e) {
        String message = String.valueOf(e.getMessage());
        if (!message.equals(problem.getAndSet(message))) {
            LOGGER.error(
                    "control log {}: until this is repaired, nothing that others decide arrives in this process: {}",
                    files.log(),
                    message,
                    e);
        }
    }

    private void requireOpen() {
        if (closed) {
            throw new ControlLogException("control log " + files.log() + " is closed");
        }
    }
}
