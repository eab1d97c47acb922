package io.modelgate;

import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files of decision records in a folder: their names, which sort by time, and what becomes of those that nobody writes any more. Of each only
 * one process writes, and all that share the folder may tidy it up.
 */
final class RotatedFiles {

    private static final Logger LOG = LoggerFactory.getLogger("io.modelgate");
    private static final String PREFIX = "decisions-";
    private static final String PLAIN = ".jsonl";
    private static final String PACKING = ".gz";
    private static final String PACKED = PLAIN + PACKING;
    private static final String TEMPORARY = ".tmp";
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmssSSS'Z'");
    private static final int TIME_LENGTH = "20260302T100000000Z".length();

    /** Each process begins another file within a day; one that is older belongs to a process that died. */
    private static final Duration LEFT_BEHIND = FileDecisionSinkBuilder.LONGEST_AGE.plusHours(1);

    private final Path folder;
    private final FileDecisionSinkBuilder config;

    /** This process's own that are full and still plain: to be compressed, or where that fails, as on a full disk, to be tried the next time. */
    private final Set<Path> plain = new TreeSet<>();

    RotatedFiles(Path folder, FileDecisionSinkBuilder config) {
        this.folder = folder;
        this.config = config;
    }

    /** Makes a file that nobody else has, which its owner alone may read. */
    Path make(Instant at, String process, long number) throws IOException {
        String time = TIME.format(LocalDateTime.ofInstant(at, ZoneOffset.UTC));
        Path file = folder.resolve(PREFIX + time + "-" + process + "-" + number + PLAIN);
        return Files.createFile(file, ownerOnly());
    }

    private FileAttribute<?>[] ownerOnly() {
        return folder.getFileSystem().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
                }
                : new FileAttribute<?>[0];
    }

    /**
     * Puts a compressed file in the place of a plain one; readers find one of the two, whole. Several processes may do it at once: each writes to
     * a file of its own, and whichever is last in the place is all of it.
     */
    void compress(Path plain) throws IOException {
        Path packed = plain.resolveSibling(plain.getFileName() + PACKING);
        Path temporary = plain.resolveSibling(plain.getFileName() + PACKING + "." + UUID.randomUUID() + TEMPORARY);
        try (FileChannel in = FileChannel.open(plain, READ)) { // before there is another: it may be gone
            try (FileChannel out = FileChannel.open(temporary, Set.of(WRITE, CREATE_NEW), ownerOnly())) {
                GZIPOutputStream zip = new GZIPOutputStream(Channels.newOutputStream(out), 1 << 16);
                long copied = Channels.newInputStream(in).transferTo(zip);
                zip.finish();
                out.force(true);
                if (copied != in.size()) {
                    throw new IOException(plain + " is still written to");
                }
            }
            Files.move(temporary, packed, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(temporary);
        }
        Files.deleteIfExists(plain);
    }

    /** Compresses these and what dead processes left behind, and deletes the oldest beyond the bounds. One thread at a time. */
    void tidy(List<Path> rotated) {
        plain.addAll(rotated);
        try {
            Set<Path> due = new TreeSet<>(plain);
            list().stream().filter(this::leftBehind).forEach(due::add);
            for (Path file : due) {
                try {
                    compress(file);
                    plain.remove(file);
                } catch (NoSuchFileException e) {
                    plain.remove(file);
                    LOG.trace("{} is gone: another process has seen to it", file);
                } catch (IOException e) {
                    LOG.warn("decision records: {} stays as it is for now, uncompressed: {}", file, e.toString());
                }
            }
            prune();
            forgetTemporary();
        } catch (IOException | RuntimeException e) {
            LOG.warn("decision records: folder {} cannot be tidied up: {}", folder, e.toString());
        }
    }

    /** What could not be compressed counts too: the disk may be full. */
    private void prune() throws IOException {
        List<Path> kept = list().stream()
                .filter(file -> file.toString().endsWith(PACKED) || plain.contains(file) || leftBehind(file))
                .toList();
        long bytes = 0;
        for (int i = kept.size() - 1; i >= 0; i--) { // the latest first
            Path file = kept.get(i);
            try {
                bytes += Files.size(file);
                if (kept.size() - i > config.keepFiles || bytes > config.keepBytes) {
                    Files.delete(file);
                }
            } catch (NoSuchFileException e) {
                LOG.trace("{} is gone: another process has seen to it", file);
            }
        }
    }

    /** What was half compressed as its process died; it holds what the plain file does, or did. */
    private void forgetTemporary() throws IOException {
        try (DirectoryStream<Path> all = Files.newDirectoryStream(folder, PREFIX + "*" + TEMPORARY)) {
            for (Path file : all) {
                if (Files.getLastModifiedTime(file)
                        .toInstant()
                        .plus(LEFT_BEHIND)
                        .isBefore(config.instants.instant())) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (NoSuchFileException e) {
            LOG.trace("another process tidies {} up too", folder, e);
        }
    }

    /** By time, the oldest first. */
    private List<Path> list() throws IOException {
        TreeSet<Path> files = new TreeSet<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(folder, PREFIX + "*")) {
            for (Path file : all) {
                if (began(file) != null
                        && Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                        && (file.toString().endsWith(PLAIN) || file.toString().endsWith(PACKED))) {
                    files.add(file);
                }
            }
        }
        return List.copyOf(files);
    }

    private boolean leftBehind(Path file) {
        Instant began = began(file);
        return file.toString().endsWith(PLAIN)
                && began != null
                && began.plus(LEFT_BEHIND).isBefore(config.instants.instant());
    }

    private static @Nullable Instant began(Path file) {
        String name = String.valueOf(file.getFileName());
        int from = PREFIX.length();
        if (!name.startsWith(PREFIX) || name.length() < from + TIME_LENGTH) {
            return null;
        }
        try {
            return LocalDateTime.parse(name.substring(from, from + TIME_LENGTH), TIME)
                    .toInstant(ZoneOffset.UTC);
        } catch (DateTimeParseException e) {
            return null;
        }
    }
}
