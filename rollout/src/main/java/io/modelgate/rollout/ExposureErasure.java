package io.modelgate.rollout;

import io.modelgate.Identities;
import java.io.BufferedOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Takes one caller out of a ledger. What is to be erased lies in a file of the folder until it is, so that each process sees to what it writes
 * itself, and a crash in between only delays it. Immutable.
 *
 * @param request the file that asks for it
 * @param callers the caller, by its keyed hash: a request lies there for a while, and is to show nobody's key
 */
record ExposureErasure(Path request, List<String> callers) {

    static final String TEMPORARY = ".tmp";

    private static final String PREFIX = "erase-";
    private static final String ANSWER = ".answer-";

    static ExposureErasure ask(Path folder, List<String> callers) throws IOException {
        Path request = folder.resolve(PREFIX + UUID.randomUUID());
        Path temporary = folder.resolve("." + request.getFileName() + TEMPORARY);
        Files.createFile(temporary, ExposureWriter.ownerOnly(temporary));
        Files.writeString(temporary, String.join("\n", callers) + "\n");
        move(temporary, request);
        return new ExposureErasure(request, callers);
    }

    /** What is to be erased. */
    static List<ExposureErasure> asked(Path folder) throws IOException {
        List<ExposureErasure> asked = new ArrayList<>();
        for (Path path : ExposureFolder.listed(folder)) {
            if (String.valueOf(path.getFileName()).startsWith(PREFIX)) {
                read(path).ifPresent(asked::add);
            }
        }
        return asked;
    }

    private static Optional<ExposureErasure> read(Path path) throws IOException {
        try {
            return Optional.of(new ExposureErasure(path, Files.readAllLines(path)));
        } catch (NoSuchFileException e) {
            return Optional.empty(); // another process has just seen to it
        }
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

    /** How many exposures of the caller a file holds. */
    long in(ExposureFile file, Identities identities) throws IOException {
        long[] found = {0};
        file.read((caller, at, outcome) -> found[0] += names(file.header(), caller, identities) ? 1 : 0);
        return found[0];
    }

    private boolean names(ExposureFile.Header header, String caller, Identities identities) {
        return callers.contains(caller)
                || (!header.hashed()
                        && !caller.isEmpty()
                        && callers.contains(identities.hash(ExposureFile.unescape(caller))));
    }

    /** Writes a file without the caller beside it. */
    Path without(ExposureFile file, Identities identities) throws IOException {
        Path temporary = file.path().resolveSibling(file.name() + "." + UUID.randomUUID() + TEMPORARY);
        Files.createFile(temporary, ExposureWriter.ownerOnly(temporary));
        try (FileOutputStream raw = new FileOutputStream(temporary.toFile());
                OutputStream out = new BufferedOutputStream(raw, 1 << 16)) {
            out.write(file.header().line().getBytes(StandardCharsets.UTF_8));
            ExposureLines lines = new ExposureLines(file.header());
            file.read((caller, at, outcome) -> {
                if (!names(file.header(), caller, identities)) {
                    out.write(lines.line(caller, at, outcome).getBytes(StandardCharsets.UTF_8));
                }
            });
            out.flush();
            raw.getFD().sync();
        }
        return temporary;
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

    static void move(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
