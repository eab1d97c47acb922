package io.modelgate.console;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Set;

/** A file that one person or one service keeps: who else may touch it. */
final class OwnFile {

    private OwnFile() {}

    /** Whether others may read it; false where the file system does not tell. */
    static boolean othersRead(Path file) throws IOException {
        return allows(file, PosixFilePermission.GROUP_READ, PosixFilePermission.OTHERS_READ);
    }

    /** Whether others may write to it; false where the file system does not tell. */
    static boolean othersWrite(Path file) throws IOException {
        return allows(file, PosixFilePermission.GROUP_WRITE, PosixFilePermission.OTHERS_WRITE);
    }

    private static boolean allows(Path file, PosixFilePermission group, PosixFilePermission others) throws IOException {
        if (!file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            return false;
        }
        Set<PosixFilePermission> allowed = Files.getPosixFilePermissions(file);
        return allowed.contains(group) || allowed.contains(others);
    }
}
