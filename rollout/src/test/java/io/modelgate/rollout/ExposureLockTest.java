package io.modelgate.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Between processes, as they are. */
class ExposureLockTest {

    private static final String HAS_IT = "has it";
    private static final String HAS_NOT = "has it not";

    @TempDir
    Path folder;

    /** Another process: tries to lock a file, says whether it could, and waits. */
    static final class Other {
        private Other() {}

        public static void main(String[] file) throws IOException {
            ExposureLock lock = ExposureLock.make(Path.of(file[0]));
            System.out.println(lock == null ? HAS_NOT : HAS_IT);
            int unused = System.in.read();
        }
    }

    private static Process other(Path file) throws IOException {
        return ExposureRig.child(Other.class, file.toString());
    }

    @Test
    void whoeverAsksAgainInTheSameProcessTakesItFromNobody() throws Exception {
        Path file = folder.resolve("x" + ExposureLock.SUFFIX);
        Path link = Files.createSymbolicLink(folder.resolve("link"), folder);
        try (ExposureLock lock = ExposureLock.make(file)) {
            assertThat(lock).isNotNull();
            assertThat(ExposureLock.make(file)).isNull();
            assertThat(ExposureLock.make(link.resolve("x" + ExposureLock.SUFFIX)))
                    .isNull();
            assertThat(ExposureLock.free(folder.resolve("x" + ExposureFile.OPEN)))
                    .isFalse();
            Process other = other(file);
            try {
                assertThat(ExposureRig.says(other)).isEqualTo(HAS_NOT);
            } finally {
                ExposureRig.kill(other);
            }
        }
        try (ExposureLock again = ExposureLock.make(file)) {
            assertThat(again).isNotNull();
        }
    }

    @Test
    void theRightToWriteSealedFilesAnewIsNotLostByAskingForItTwice() throws Exception {
        try (ExposureClaim claim = ExposureClaim.of(folder, Duration.ZERO)) {
            assertThat(claim).isNotNull();
            assertThatIOException().isThrownBy(() -> ExposureClaim.of(folder, Duration.ZERO));
            Process other = other(folder.resolve(ExposureClaim.NAME));
            try {
                assertThat(ExposureRig.says(other)).isEqualTo(HAS_NOT);
            } finally {
                ExposureRig.kill(other);
            }
        }
    }

    @Test
    void whatIsDeletedOnceItHasBeenOpenedIsNotFree() throws Exception {
        Path open = folder.resolve("x" + ExposureFile.OPEN);
        Path beside = ExposureLock.beside(open);
        try (FileChannel writes = FileChannel.open(beside, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            assertThat(writes.tryLock()).isNotNull();
            assertThat(ExposureLock.free(open)).isFalse(); // and keeps it open, as a lock of the same process
            Files.delete(beside);
        }
        assertThat(ExposureLock.free(open)).isFalse();
    }

    @Test
    void itEndsWithItsProcess() throws Exception {
        Path open = folder.resolve("x" + ExposureFile.OPEN);
        Process other = other(ExposureLock.beside(open));
        try {
            assertThat(ExposureRig.says(other)).isEqualTo(HAS_IT);
            assertThat(ExposureLock.free(open)).isFalse();
        } finally {
            ExposureRig.kill(other);
        }
        assertThat(ExposureLock.free(open)).isTrue();
        assertThat(ExposureLock.free(folder.resolve("y" + ExposureFile.OPEN)))
                .as("of which there is none")
                .isFalse();
        assertThat(folder.resolve("y" + ExposureLock.SUFFIX)).doesNotExist();
    }
}
