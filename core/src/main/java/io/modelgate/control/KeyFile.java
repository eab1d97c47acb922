package io.modelgate.control;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The file with the secret under which identities are hashed; destroying it erases them. */
final class KeyFile {

    static final int BYTES = 32;

    private static final Logger LOGGER = LoggerFactory.getLogger(FileControlLog.class);

    private KeyFile() {}

    /** Reads the secret, or creates it; under the log's lock, so that all processes get the same. */
    static byte[] open(LogFiles files, boolean logIsEmpty, Disk disk) throws IOException {
        Path file = files.key();
        byte[] secret;
        try {
            secret = Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            secret = create(file, disk);
            Ownership.give(files.log(), file);
            if (!logIsEmpty) {
                LOGGER.warn(
                        "control log {}: there was no key file, so a new one was created: callers whose hashes are in the"
                                + " log are not recognised any more",
                        files.log());
            }
        }
        if (secret.length != BYTES) {
            throw new ControlLogException(
                    "key file " + file + " holds " + secret.length + " bytes instead of " + BYTES
                            + ". Restore it from a copy; or delete it, after which the hashes of callers in the log match nobody");
        }
        return secret;
    }

    private static byte[] create(Path file, Disk disk) throws IOException {
        byte[] secret = new byte[BYTES];
        new SecureRandom().nextBytes(secret);
        // Nobody else may read it at any time: so the file that will be moved into place is restricted before it has
        // content.
        Path temporary = LogFiles.beside(file, ".tmp");
        Files.deleteIfExists(temporary);
        Files.createFile(temporary, ownerOnly(file));
        disk.replace(file, secret);
        return secret;
    }

    private static FileAttribute<?>[] ownerOnly(Path file) {
        return file.getFileSystem().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
                }
                : new FileAttribute<?>[0];
    }
}
