package io.modelgate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileDecisionSinkTest {

    @TempDir
    Path folder;

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-03-02T10:00:00Z"));

    private FileDecisionSink open(Consumer<FileDecisionSinkBuilder> more) {
        return FileDecisionSink.in(folder, f -> more.accept(f.instants(now::get)));
    }

    static DecisionRecord record(int number) {
        return new DecisionRecord(
                "id-" + number,
                "chat",
                Instant.EPOCH,
                Duration.ofMillis(3),
                DecisionRecord.Kind.ANSWERED,
                "v1",
                "v1",
                null,
                null,
                Duration.ZERO,
                null,
                null,
                null,
                null,
                null,
                "first\nsecond",
                null);
    }

    private static List<DecisionRecord> records(int from, int to) {
        return IntStream.range(from, to).mapToObj(FileDecisionSinkTest::record).toList();
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.sorted().toList();
        }
    }

    private static List<String> lines(Path file) throws IOException {
        try (InputStream raw = Files.newInputStream(file);
                InputStream in = file.toString().endsWith(".gz") ? new GZIPInputStream(raw) : raw) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        }
    }

    private List<String> allLines() throws IOException {
        List<String> all = new ArrayList<>();
        for (Path file : files()) {
            all.addAll(lines(file));
        }
        return all;
    }

    @Test
    void aRecordIsOneLineWhateverIsInIt() throws Exception {
        try (FileDecisionSink sink = open(f -> {})) {
            sink.write(records(0, 2));
            assertThat(files())
                    .singleElement()
                    .asString()
                    .endsWith("-0.jsonl")
                    .contains("decisions-20260302T100000000Z-");
            assertThat(lines(files().get(0)))
                    .hasSize(2)
                    .first()
                    .isEqualTo(
                            "{\"answeredBy\":\"v1\",\"at\":\"1970-01-01T00:00:00Z\",\"gate\":\"chat\",\"id\":\"id-0\","
                                    + "\"input\":\"first\\u000asecond\",\"outcome\":\"answered\",\"routed\":\"v1\","
                                    + "\"stalenessMillis\":0,\"tookNanos\":3000000,\"v\":1}");
        }
    }

    @Test
    void aFullFileRotatesAndIsCompressedAndNothingIsMissing() throws Exception {
        try (FileDecisionSink sink = open(f -> f.rotateBytes(1 << 10))) {
            for (int i = 0; i < 100; i += 5) {
                sink.write(records(i, i + 5));
            }
        }
        assertThat(files())
                .hasSizeGreaterThan(5)
                .allMatch(file -> file.toString().endsWith(".jsonl.gz"));
        assertThat(allLines()).hasSize(100);
        for (int i = 0; i < 100; i++) {
            String id = "\"id-" + i + "\"";
            assertThat(allLines()).filteredOn(line -> line.contains(id)).hasSize(1);
        }
    }

    /** A disk may be full for a while; what stands in for that here is a folder where the compressed file would go. */
    @Test
    void whatCouldNotBeCompressedCountsAndIsTriedAgainTheNextTime() throws Exception {
        List<Path> plain = new ArrayList<>();
        List<Path> packed = new ArrayList<>();
        try (FileDecisionSink sink = open(f -> f.rotateBytes(1 << 10).keepFiles(2))) {
            for (int i = 0; i < 4; i++) {
                sink.write(records(0, 1));
                String written = "-" + i + ".jsonl";
                Path file = files().stream()
                        .filter(each -> each.toString().endsWith(written))
                        .findFirst()
                        .orElseThrow();
                plain.add(file);
                packed.add(file.resolveSibling(file.getFileName() + ".gz"));
                if (i < 3) {
                    Files.createDirectories(packed.get(i).resolve("taken"));
                } else {
                    assertTimeoutPreemptively(Duration.ofSeconds(30), () -> {
                        while (Files.exists(plain.get(0))) { // the third was tried, and the first is beyond the bound
                            Thread.onSpinWait();
                        }
                    });
                    Files.delete(packed.get(2).resolve("taken"));
                    Files.delete(packed.get(2));
                }
                sink.write(records(1, 10));
            }
        }
        assertThat(plain.get(0)).as("beyond the bound").doesNotExist();
        assertThat(plain.get(1)).as("beyond the bound").doesNotExist();
        assertThat(packed.get(2)).isRegularFile();
        assertThat(plain.get(2)).doesNotExist();
        assertThat(packed.get(3)).isRegularFile();
    }

    @Test
    void anOldFileRotatesThoughNothingIsWritten() throws Exception {
        try (FileDecisionSink sink = open(f -> f.rotateAfter(Duration.ofMinutes(5)))) {
            sink.write(records(0, 1));
            now.set(now.get().plusSeconds(299));
            sink.flush();
            sink.write(records(1, 2));
            now.set(now.get().plusSeconds(1));
            sink.flush();
            now.set(now.get().minusSeconds(2)); // so that the next write alone would not begin another
            sink.write(records(2, 3));
        }
        assertThat(files()).hasSize(2);
        assertThat(lines(files().get(0))).hasSize(2);
        assertThat(lines(files().get(1))).hasSize(1);
    }

    @Test
    void theOldestFilesGoOnceThereAreTooMany() throws Exception {
        try (FileDecisionSink sink =
                open(f -> f.rotateAfter(Duration.ofMinutes(1)).keepFiles(3))) {
            for (int i = 0; i < 10; i++) {
                sink.write(records(i, i + 1));
                now.set(now.get().plusSeconds(60));
            }
        }
        assertThat(files()).hasSize(3);
        assertThat(allLines()).anyMatch(line -> line.contains("id-9")).noneMatch(line -> line.contains("id-6"));
    }

    @Test
    void keptFilesTakeNoMoreBytesThanAllowed() throws Exception {
        try (FileDecisionSink sink =
                open(f -> f.rotateAfter(Duration.ofMinutes(1)).keepBytes(1 << 10))) {
            for (int i = 0; i < 30; i++) {
                sink.write(records(i * 10, i * 10 + 10));
                now.set(now.get().plusSeconds(60));
            }
        }
        long bytes = 0;
        for (Path file : files()) {
            bytes += Files.size(file);
        }
        assertThat(bytes).isBetween(100L, 1L << 10);
    }

    @Test
    void aFullDiskTakesNothingOfABatchAndTheNextTryWritesItOnce() throws Exception {
        boolean[] full = {true};
        FileDecisionSinkBuilder config = new FileDecisionSinkBuilder().instants(now::get);
        try (FileDecisionSink sink = new FileDecisionSink(folder, config, (file, bytes) -> {
            if (full[0] && file.length() > 0) {
                file.write(Arrays.copyOf(bytes, 20));
                throw new IOException("No space left on device");
            }
            file.write(bytes);
        })) {
            sink.write(records(0, 1));
            assertThatIOException().isThrownBy(() -> sink.write(records(1, 3)));
            assertThat(lines(files().get(0))).hasSize(1);
            full[0] = false;
            sink.write(records(1, 3));
        }
        assertThat(allLines()).hasSize(3);
    }

    @Test
    void processesOfOneFolderNeverShareAFile() throws Exception {
        try (FileDecisionSink one = open(f -> {});
                FileDecisionSink other = open(f -> {})) {
            one.write(records(0, 1));
            other.write(records(1, 2));
            assertThat(files()).hasSize(2);
        }
        assertThat(allLines()).hasSize(2);
    }

    @Test
    void whatADeadProcessLeftIsCompressedADayLaterAndALivingOnesIsNot() throws Exception {
        Path dead = folder.resolve("decisions-20260301T080000000Z-17-0123abcd-0.jsonl");
        Path living = folder.resolve("decisions-20260302T095900000Z-18-0123abce-0.jsonl");
        Path stranger = folder.resolve("decisions-notes.jsonl");
        for (Path file : List.of(dead, living, stranger)) {
            Files.writeString(file, "{}\n");
        }
        open(f -> f.keepFiles(1)).close();
        assertThat(files()).containsExactly(folder.resolve(dead.getFileName() + ".gz"), living, stranger);
    }

    @Test
    void whatAnotherCompressesWhileItIsWrittenGoesOnInAnotherFile() throws Exception {
        try (FileDecisionSink sink = open(f -> {})) {
            sink.write(records(0, 5));
            open(f -> f.instants(() -> now.get().plus(Duration.ofHours(26)))).close();
            assertThat(files()).singleElement().asString().endsWith("-0.jsonl.gz");
            for (int i = 5; i < 50; i += 5) {
                sink.write(records(i, i + 5));
            }
        }
        assertThat(files()).hasSize(2);
        assertThat(allLines()).hasSize(50).doesNotHaveDuplicates();
    }

    /** The worst moment: the file is gone once the batch is in it. */
    @Test
    void aBatchWhoseFileGoesWhileItIsWrittenIsWrittenAgain() throws Exception {
        boolean[] taken = {false};
        FileDecisionSinkBuilder config = new FileDecisionSinkBuilder().instants(now::get);
        try (FileDecisionSink sink = new FileDecisionSink(folder, config, (file, bytes) -> {
            file.write(bytes);
            if (file.length() > bytes.length && !taken[0]) {
                taken[0] = true;
                new RotatedFiles(folder, config).compress(files().get(0));
            }
        })) {
            sink.write(records(0, 1));
            sink.write(records(1, 3));
            sink.write(records(3, 4));
        }
        assertThat(taken[0]).isTrue();
        for (int i = 0; i < 4; i++) {
            String id = "\"id-" + i + "\"";
            assertThat(allLines()).as(id).anyMatch(line -> line.contains(id));
        }
    }

    @Test
    void whoeverComesToAFileThatIsCompressedAlreadyLeavesWhatIsThere() throws Exception {
        Path plain = Files.writeString(folder.resolve("decisions-20260301T080000000Z-17-0123abcd-0.jsonl"), "{}\n");
        Path half = Files.writeString(folder.resolve(plain.getFileName() + ".gz.tmp"), "another process writes it");
        RotatedFiles files = new RotatedFiles(folder, new FileDecisionSinkBuilder().instants(now::get));
        files.compress(plain);
        assertThatExceptionOfType(NoSuchFileException.class).isThrownBy(() -> files.compress(plain));
        assertThat(files()).containsExactly(folder.resolve(plain.getFileName() + ".gz"), half);
        assertThat(lines(files().get(0))).containsExactly("{}");
    }

    @Test
    void filesAreForTheirOwnerOnly() throws Exception {
        try (FileDecisionSink sink = open(f -> {})) {
            sink.write(records(0, 1));
            if (folder.getFileSystem().supportedFileAttributeViews().contains("posix")) {
                assertThat(Files.getPosixFilePermissions(files().get(0))).hasSize(2);
            }
        }
        if (folder.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            assertThat(Files.getPosixFilePermissions(files().get(0))).hasSize(2);
        }
    }

    @Test
    void aFolderThatCannotBeMadeIsSaidAtTheStart() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "");
        assertThatThrownBy(() -> FileDecisionSink.in(file.resolve("below")))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining(file + "/below of decision records cannot be made");
    }
}
