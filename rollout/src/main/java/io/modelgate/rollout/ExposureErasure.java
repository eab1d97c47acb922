package io.modelgate.rollout;

import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes one caller out of a ledger. What is to be erased lies in a file of the folder until it is, so that each process sees to what it writes
 * itself, and a crash in between only delays it. Immutable.
 *
 * @param request the file that asks for it
 * @param callers the caller, by its keyed hash: a request lies there for a while, and is to show nobody's key
 * @param at when it was asked for: what the caller does later is none of it
 */
record ExposureErasure(Path request, List<String> callers, Instant at) {

    static final String TEMPORARY = ".tmp";

    private static final Logger LOG = LoggerFactory.getLogger("io.modelgate");

    /** A hash; a process of an earlier version may add a key of 1,000 characters that are escaped. */
    private static final long MOST_BYTES = 1 << 16;

    private static final String PREFIX = "erase-";
    private static final String ANSWER = ".answer-";

    /** Before the instant, in milliseconds since 1970; no caller has a tab. */
    private static final String AT = "at\t";

    private static final Pattern MILLIS = Pattern.compile("-?\\d{1,15}");

    /** By how much the clocks of those who share a folder may differ. */
    private static final Duration CLOCKS_DIFFER = Duration.ofMinutes(5);

    /** Asks for it. */
    static ExposureErasure ask(Path folder, List<String> callers, Instant at) throws IOException {
        try {
            return written(folder, callers, at);
        } catch (NoSuchFileException e) { // who has the claim took it for half written and deleted it
            LOG.debug("another process swept {} just now", folder, e);
            return written(folder, callers, at);
        }
    }

    private static ExposureErasure written(Path folder, List<String> callers, Instant at) throws IOException {
        Path request = folder.resolve(PREFIX + UUID.randomUUID());
        Path temporary = folder.resolve("." + request.getFileName() + TEMPORARY);
        Files.createFile(temporary, ExposureWriter.ownerOnly(temporary));
        try (FileOutputStream out = new FileOutputStream(temporary.toFile())) {
            out.write((String.join("\n", callers) + "\n" + AT + at.toEpochMilli() + "\n")
                    .getBytes(StandardCharsets.UTF_8));
            out.getFD().sync(); // before it has its name: one without its callers would be fulfilled at once
        }
        move(temporary, request);
        return new ExposureErasure(request, callers, at);
    }

    /** Up to when what the caller did is erased, in milliseconds since 1970. */
    long until() {
        return at.plus(CLOCKS_DIFFER).toEpochMilli();
    }

    /**
     * What is to be erased.
     *
     * @param unreadable takes what may ask for an erasure and cannot be read, and why; it stays, and keeps nothing from the others
     */
    static List<ExposureErasure> asked(Path folder, BiConsumer<Path, IOException> unreadable) throws IOException {
        List<ExposureErasure> asked = new ArrayList<>();
        for (Path path : ExposureFolder.listed(folder)) {
            if (String.valueOf(path.getFileName()).startsWith(PREFIX)) {
                try {
                    asked.add(read(path));
                } catch (NoSuchFileException e) {
                    LOG.debug("another process has just seen to {}", path, e);
                } catch (IOException e) {
                    unreadable.accept(path, e);
                }
            }
        }
        return asked;
    }

    private static ExposureErasure read(Path path) throws IOException {
        BasicFileAttributes attributes =
                Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        if (!attributes.isRegularFile()) {
            throw new IOException("it is no regular file");
        }
        if (attributes.size() > MOST_BYTES) {
            throw new IOException("it has " + attributes.size() + " bytes: expected " + MOST_BYTES + " or fewer");
        }
        String text = Files.readString(path);
        List<String> callers = text.lines().filter(line -> !line.startsWith(AT)).toList();
        if (!text.endsWith("\n") || callers.isEmpty() || callers.contains("")) {
            throw new IOException("it does not say, or not all of, whom to erase");
        }
        Instant written = attributes.lastModifiedTime().toInstant(); // a process of an earlier version does not say
        return new ExposureErasure(path, callers, at(text).orElse(written));
    }

    private static Optional<Instant> at(String text) throws IOException {
        List<String> said = text.lines().filter(line -> line.startsWith(AT)).toList();
        if (!said.stream()
                .allMatch(line -> MILLIS.matcher(line.substring(AT.length())).matches())) {
            throw new IOException("it does not say when it was asked for");
        }
        return said.stream()
                .map(line -> Instant.ofEpochMilli(Long.parseLong(line.substring(AT.length()))))
                .max(Comparator.naturalOrder());
    }

    /** Says that the caller is in a file no more, though it is written to: only its process can say so of what it has taken. */
    void answer(ExposureFile file) throws IOException {
        Path answer = answerOf(file);
        if (!Files.exists(answer)) {
            Files.createFile(answer, ExposureWriter.ownerOnly(answer));
        }
    }

    boolean answered(ExposureFile file) {
        return Files.exists(answerOf(file));
    }

    /** The name of a file has its process in it, and no caller. */
    private Path answerOf(ExposureFile file) {
        return request.resolveSibling(answers() + file.name());
    }

    private String answers() {
        return ANSWER + request.getFileName() + "-";
    }

    /** The answers go first: without the request nobody would look for them. */
    void done(Path folder) throws IOException {
        for (Path path : ExposureFolder.listed(folder)) {
            if (String.valueOf(path.getFileName()).startsWith(answers())) {
                Files.deleteIfExists(path);
            }
        }
        Files.deleteIfExists(request);
    }

    /** Gives a file another name in its folder, which it has after a crash of the machine too. */
    static void move(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        Path folder = to.toAbsolutePath().getParent();
        if (folder == null) {
            return;
        }
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException e) {
            LOG.debug("{} cannot be put on the disk: Windows needs no such call", folder, e);
        }
    }
}
