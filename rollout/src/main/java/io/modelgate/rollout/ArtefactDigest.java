package io.modelgate.rollout;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/** The digest of an artefact, such that {@code sha256sum} gives the same. */
final class ArtefactDigest {

    private ArtefactDigest() {}

    static String of(Path artefact) {
        try {
            if (Files.isRegularFile(artefact)) {
                return "sha256:" + Sha256.of(artefact);
            }
            if (Files.isDirectory(artefact)) {
                // A link to a directory is the directory; links within it are refused.
                return "sha256:" + directory(artefact.toRealPath());
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read artefact " + artefact, e);
        }
        throw new IllegalArgumentException("artefact is " + PolicyText.quote(artefact.toString())
                + ": expected a file or a directory that exists");
    }

    private static String directory(Path directory) throws IOException {
        // In the order of the bytes, which that of strings is not beyond the basic plane.
        Map<byte[], Path> files = new TreeMap<>(Arrays::compareUnsigned);
        Files.walkFileTree(directory, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                String name = name(directory, file);
                if (!attributes.isRegularFile()) {
                    throw new IllegalArgumentException("artefact has " + PolicyText.quote(name) + ", which is "
                            + (attributes.isSymbolicLink() ? "a symbolic link" : "no file")
                            + ": expected files and directories only, whose content the digest can hold");
                }
                files.put(name.getBytes(StandardCharsets.UTF_8), file);
                return FileVisitResult.CONTINUE;
            }
        });
        if (files.isEmpty()) {
            throw new IllegalArgumentException("artefact " + PolicyText.quote(directory.toString())
                    + " is a directory without a file: is it the right one?");
        }
        MessageDigest digest = Sha256.begin();
        for (Map.Entry<byte[], Path> each : files.entrySet()) {
            digest.update((Sha256.of(each.getValue()) + "  ").getBytes(StandardCharsets.US_ASCII));
            digest.update(each.getKey());
            digest.update((byte) '\n');
        }
        return Sha256.end(digest);
    }

    /** The path as find prints it: with slashes, on every system. sha256sum would escape what is refused here. */
    private static String name(Path directory, Path file) {
        StringBuilder name = new StringBuilder(".");
        for (Path part : directory.relativize(file)) {
            name.append('/').append(part);
        }
        if (name.indexOf("\\") >= 0 || name.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("artefact has a file called " + PolicyText.quote(name.toString())
                    + ": expected names without backslash and control characters");
        }
        return name.toString();
    }
}
