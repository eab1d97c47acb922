package io.modelgate.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A log that is looked at only, and who may look at a log. */
class LogViewTest {

    @TempDir
    Path directory;

    private Path file() {
        return directory.resolve("modelgate.log");
    }

    @Test
    void viewReadsAndFollowsWhatOthersAppend() throws InterruptedException {
        try (FileControlLog writer = FileControlLog.open(file())) {
            writer.append(Decisions.kills("k1"));
            try (FileControlLog view = FileControlLog.view(file())) {
                assertThat(Decisions.ids(Decisions.all(view))).containsExactly("k1");
                assertThat(view.head()).isEqualTo(writer.head());
                CountDownLatch seen = new CountDownLatch(1);
                view.follow(1, entries -> seen.countDown());
                writer.append(Decisions.kills("k2"));
                assertThat(seen.await(20, TimeUnit.SECONDS)).isTrue();
            }
        }
    }

    @Test
    void viewTakesNoDecision() {
        FileControlLog.open(file()).close();
        try (FileControlLog view = FileControlLog.view(file())) {
            assertThatThrownBy(() -> view.append(Decisions.kills("k1")))
                    .isInstanceOf(ControlLogException.class)
                    .hasMessageContaining("looked at only");
            assertThatThrownBy(() -> view.appendIf(0, Decisions.kill("k1"))).isInstanceOf(ControlLogException.class);
        }
        assertThat(file()).isEmptyFile();
    }

    @Test
    void viewOfNothingCreatesNothing() throws IOException {
        assertThatThrownBy(() -> FileControlLog.view(file())).isInstanceOf(ControlLogException.class);
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files).isEmpty();
        }
    }

    @Test
    void viewWaitsForNoWriter() throws IOException {
        FileControlLog.open(file()).close();
        LogFiles files = LogFiles.at(file());
        List<Entry> seen = LogLock.holding(files.lock(), () -> {
            try (FileControlLog view = FileControlLog.view(file())) {
                return Decisions.all(view);
            }
        });
        assertThat(seen).isEmpty();
    }

    @Test
    void headFileStaysReadableForWhoeverMayReadIt() throws IOException {
        assumeThat(FileSystems.getDefault().supportedFileAttributeViews()).contains("posix");
        try (FileControlLog log = FileControlLog.open(file())) {
            Path head = directory.resolve("modelgate.log.head");
            for (String permissions : List.of("rw-rw-rw-", "rw-r-----", "rw-------")) {
                Files.setPosixFilePermissions(head, PosixFilePermissions.fromString(permissions));
                log.append(Decisions.kills(
                        "k-" + permissions.replaceAll("[^rw-]", "").hashCode()));
                assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(head)))
                        .isEqualTo(permissions);
            }
            Files.setPosixFilePermissions(file(), PosixFilePermissions.fromString("rw-rw-r--"));
            Files.delete(head);
            FileControlLog.seal(file());
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(head)))
                    .isEqualTo("rw-rw-r--");
        }
    }
}
