package io.modelgate.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExposureFolderTest {

    @TempDir
    Path root;

    private Path open;
    private Path sealed;

    @BeforeEach
    void write() throws Exception {
        ExposureFile.Header header = new ExposureFile.Header("r", "credit", "v2", false, "17-0123abcd", 1_000);
        open = root.resolve("r").resolve("17-0123abcd" + ExposureFile.OPEN);
        sealed = ExposureWriter.sealed(open);
        Files.createDirectories(root.resolve("r"));
        Files.writeString(open, header.line() + "ann\t0\tfirst\n");
    }

    private Exposures read(List<ExposureFile> files) throws IOException {
        return new ExposureFolder(root).read(files, (caller, met) -> {});
    }

    @Test
    void aFileThatIsSealedOnceItIsListedIsReadUnderItsName() throws Exception {
        List<ExposureFile> files = ExposureFolder.files(root.resolve("r"));
        String digest = files.get(0).digest();
        Files.move(open, sealed);
        assertThat(read(files).calls()).isEqualTo(1);
        assertThat(read(files).bytes()).isEqualTo(Files.size(sealed));
        assertThat(files.get(0).whereItIs(ExposureFile::digest)).isEqualTo(digest);
        assertThatThrownBy(files.get(0)::digest) // who changes it has to know
                .isInstanceOf(NoSuchFileException.class);
        Files.delete(sealed);
        assertThatThrownBy(() -> read(files)).isInstanceOf(NoSuchFileException.class);
    }

    @Test
    void aFileThatIsListedUnderBothItsNamesIsOne() throws Exception {
        Iterator<Path> both = Stream.of(open, sealed).peek(this::sealBefore).iterator();
        assertThat(read(ExposureFolder.files(() -> both)).calls()).isEqualTo(1);
        assertThat(read(ExposureFolder.files(List.of(open, sealed))).calls()).isEqualTo(1);
        Files.copy(sealed, open); // a backup
        assertThat(read(ExposureFolder.files(List.of(open, sealed))).calls()).isEqualTo(2);
    }

    private void sealBefore(Path path) {
        try {
            if (path.equals(sealed)) {
                Files.move(open, sealed);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A network's disk does, and each look is made for that. */
    @Test
    void aListingThatFailsInTheMiddleFailsAsTheDiskDoes() {
        IOException stale = new IOException("Stale file handle");
        DirectoryStream<Path> fails = new DirectoryStream<>() {
            @Override
            public Iterator<Path> iterator() {
                throw new DirectoryIteratorException(stale);
            }

            @Override
            public void close() {}
        };
        assertThatThrownBy(() -> ExposureFolder.sorted(fails)).isSameAs(stale);
    }
}
