package io.modelgate.control;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who serves from a log file: each process keeps one small file in a directory beside the log, which says what it has applied and is
 * written anew every second. Nothing rests on these files, so they are not forced to the disk, and what goes wrong with them is
 * reported once and hurts nobody. Thread-safe.
 */
final class InstanceFiles {

    private static final Logger LOGGER = LoggerFactory.getLogger(FileControlLog.class);
    private static final Duration BEAT = Duration.ofSeconds(1);
    private static final Duration LIVE = Duration.ofSeconds(3);
    private static final Duration FORGOTTEN = Duration.ofHours(1);
    private static final Pattern NAME = Pattern.compile("[0-9]{1,19}-[0-9a-f]{8}");

    private final Path log;
    private final Path directory;
    private final InstantSource instants;
    private final String name = newName();
    private final Semaphore wake = new Semaphore(0);
    private volatile @Nullable Head applied;

    /** Guarded by this. */
    private @Nullable Thread writer;

    private boolean closed;
    private boolean failing;

    InstanceFiles(LogFiles files, InstantSource instants) {
        log = files.log();
        directory = LogFiles.beside(files.log(), ".instances");
        this.instants = instants;
    }

    /** A name that no other process has: the number that the system gave it, and a random one. */
    static String newName() {
        return ProcessHandle.current().pid() + "-"
                + UUID.randomUUID().toString().substring(0, 8);
    }

    String name() {
        return name;
    }

    /** Says what is applied here, soon and on another thread. */
    void applied(Head head) {
        applied = head;
        start();
        if (wake.availablePermits() == 0) {
            wake.release();
        }
    }

    private synchronized void start() {
        if (writer == null && !closed) {
            writer = new Thread(this::run, "modelgate-instance-" + log.getFileName());
            writer.setDaemon(true);
            writer.start();
        }
    }

    private void run() {
        while (beat()) {
            try {
                if (wake.tryAcquire(BEAT.toNanos(), TimeUnit.NANOSECONDS)) {
                    wake.drainPermits();
                }
            } catch (InterruptedException e) {
                LOGGER.debug("{} was interrupted", name, e); // the thread is ours, and ends with the log
            }
        }
    }

    private synchronized boolean beat() {
        Head head = applied;
        if (closed || head == null) {
            return !closed;
        }
        try {
            write(head);
            failing = false;
        } catch (IOException | RuntimeException e) {
            if (!failing) {
                failing = true;
                LOGGER.warn(
                        "control log {}: other processes do not see that this one has applied entry {}, because {} cannot be written: {}",
                        log,
                        head.seq(),
                        directory,
                        e.toString());
            }
        }
        return true;
    }

    private void write(Head head) throws IOException {
        try {
            replace(head);
        } catch (NoSuchFileException e) { // this is the first process, or the last one has just gone
            try {
                Files.createDirectory(directory);
                Ownership.give(log, directory);
            } catch (FileAlreadyExistsException another) {
                LOGGER.trace("{} is there", directory);
            }
            replace(head);
        }
    }

    private void replace(Head head) throws IOException {
        Path temporary = directory.resolve(name + ".tmp");
        Files.write(temporary, HeadFile.line(head));
        Ownership.like(log, temporary);
        Files.move(temporary, directory.resolve(name), StandardCopyOption.ATOMIC_MOVE);
    }

    /** Those that are heard of, by name. Forgets those that were not for an hour, if this one may write. */
    List<Instance> read(boolean writable) throws IOException {
        List<Instance> instances = new ArrayList<>();
        Instant now = instants.instant();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                read(file, now, writable).ifPresent(instances::add);
            }
        } catch (NoSuchFileException e) {
            return List.of();
        }
        instances.sort(Comparator.comparing(Instance::name));
        return List.copyOf(instances);
    }

    private static Optional<Instance> read(Path file, Instant now, boolean writable) throws IOException {
        try {
            Duration silent = Duration.between(Files.getLastModifiedTime(file).toInstant(), now);
            if (silent.compareTo(FORGOTTEN) > 0) {
                if (writable) {
                    Files.deleteIfExists(file);
                }
                return Optional.empty();
            }
            String name = String.valueOf(file.getFileName());
            Optional<Head> head = NAME.matcher(name).matches()
                    ? HeadFile.parse(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1))
                    : Optional.empty();
            return head.map(applied -> new Instance(
                    name, applied, silent.isNegative() ? Duration.ZERO : silent, silent.compareTo(LIVE) <= 0));
        } catch (NoSuchFileException e) {
            return Optional.empty(); // it has just ended
        }
    }

    /** This process serves no more. */
    synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        wake.release();
        if (writer == null) {
            return;
        }
        try {
            Files.deleteIfExists(directory.resolve(name));
            Files.deleteIfExists(directory.resolve(name + ".tmp"));
            Files.deleteIfExists(directory);
        } catch (DirectoryNotEmptyException e) {
            LOGGER.trace("{} is of use to others", directory);
        } catch (IOException e) {
            LOGGER.debug("{} stays, and will be taken for a process that fell silent", name, e);
        }
    }
}
