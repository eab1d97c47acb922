package io.modelgate.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the registry knows of a version. */
class VersionRecordTest {

    private static final String DIGEST = "sha256:" + "0123456789abcdef".repeat(4);
    private static final URI PLACE = URI.create("s3://models/credit/v7.onnx");

    @TempDir
    Path folder;

    private static VersionRecordBuilder builder() {
        return new VersionRecordBuilder("v7");
    }

    private String digest(Path artefact) {
        return builder().artefact(artefact).build().digest();
    }

    private static String sha256(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    private Path directory() throws IOException {
        Path model = Files.createDirectories(folder.resolve("model"));
        Files.createDirectories(model.resolve("a"));
        Files.writeString(model.resolve("a.txt"), "one");
        Files.writeString(model.resolve("a/b.txt"), "two");
        Files.writeString(model.resolve("Z with blanks"), "");
        Files.writeString(model.resolve("\uFFFD"), "three");
        Files.writeString(model.resolve("\uD83D\uDE00"), "four"); // after the one before in bytes, before it in chars
        return model;
    }

    @Test
    void theDigestOfAFileIsThatOfItsContent() throws IOException {
        Path file = Files.writeString(folder.resolve("model.bin"), "hello\n");
        assertThat(digest(file))
                .as("as sha256sum prints it")
                .isEqualTo("sha256:5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03");
    }

    @Test
    void theDigestOfADirectoryIsThatOfItsListOfDigests() throws IOException {
        String list = sha256("") + "  ./Z with blanks\n"
                + sha256("one") + "  ./a.txt\n"
                + sha256("two") + "  ./a/b.txt\n"
                + sha256("three") + "  ./\uFFFD\n"
                + sha256("four") + "  ./\uD83D\uDE00\n";
        assertThat(digest(directory())).isEqualTo("sha256:" + sha256(list));
    }

    @Test
    void theDocumentedShellLineGivesTheSameDigest() throws IOException, InterruptedException {
        Path model = directory();
        ProcessBuilder line = new ProcessBuilder(
                        "sh",
                        "-c",
                        "find . -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum | cut -d' ' -f1")
                .directory(model.toFile());
        Process shell;
        try {
            shell = line.start();
        } catch (IOException e) {
            assumeThat(false).as("this machine has a shell").isTrue();
            return;
        }
        String printed = new String(shell.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
        assumeThat(shell.waitFor()).isZero();
        assumeThat(printed).as("this machine has the tools").hasSize(64);
        assertThat(digest(model)).isEqualTo("sha256:" + printed);
    }

    @Test
    void namesAndContentsCountAndNothingElse() throws IOException {
        Path model = directory();
        String before = digest(model);
        Files.createDirectories(model.resolve("empty"));
        assertThat(digest(model)).isEqualTo(before);
        Files.move(model, folder.resolve("elsewhere"));
        Path moved = folder.resolve("elsewhere");
        assertThat(digest(moved)).isEqualTo(before);
        Files.move(moved.resolve("a.txt"), moved.resolve("c.txt"));
        assertThat(digest(moved)).isNotEqualTo(before);
        Files.move(moved.resolve("c.txt"), moved.resolve("a.txt"));
        assertThat(digest(moved)).isEqualTo(before);
        Files.writeString(moved.resolve("a.txt"), "One");
        assertThat(digest(moved)).isNotEqualTo(before);
    }

    @Test
    void aLinkWithinADirectoryIsRefusedAndOneToItIsFollowed() throws IOException {
        Path model = directory();
        Path link = Files.createSymbolicLink(folder.resolve("current"), model);
        assertThat(digest(link)).isEqualTo(digest(model));
        Files.createSymbolicLink(model.resolve("weights"), Path.of("a.txt"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> digest(model))
                .withMessage(
                        "artefact has \"./weights\", which is a symbolic link: expected files and directories only,"
                                + " whose content the digest can hold");
    }

    @Test
    void anArtefactThatCannotHaveADigestIsRefused() throws IOException {
        Path empty = Files.createDirectories(folder.resolve("empty"));
        assertThatIllegalArgumentException().isThrownBy(() -> digest(empty)).withMessageContaining("without a file");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> digest(folder.resolve("absent")))
                .withMessageContaining("absent")
                .withMessageContaining("expected a file or a directory that exists");
        Files.writeString(empty.resolve("back\\slash"), "");
        assertThatIllegalArgumentException().isThrownBy(() -> digest(empty)).withMessageContaining("backslash");
    }

    private static VersionRecord full() {
        return builder()
                .artefact(PLACE, DIGEST)
                .schema(new FeatureSchema(Map.of("income", "double")))
                .feature("age", "int")
                .commit("4f2a9c1")
                .dataSnapshot("applications-2026-10")
                .sideEffects(SideEffects.REMEDIATE)
                .emergency()
                .build();
    }

    @Test
    void theLogGivesBackTheSameRecord() {
        assertThat(VersionRecord.of(full().data())).contains(full());
        VersionRecord plain = builder().artefact(PLACE, DIGEST).build();
        assertThat(VersionRecord.of(plain.data())).contains(plain);
        PolicyTest.assertFits(full().data());
    }

    @Test
    void aRecordWithAMalformedPartIsNone() {
        Map<String, Object> whole = full().data();
        List<Object> garbage = List.of("", "x\n", 1L, List.of(), Map.of("x", 1L), Map.of("", ""));
        for (String key : whole.keySet()) {
            Map<String, Object> lacking = new HashMap<>(whole);
            lacking.remove(key);
            assertThat(VersionRecord.of(lacking)).as("without %s", key).isEmpty();
            for (Object value : garbage) {
                Map<String, Object> spoilt = new HashMap<>(whole);
                spoilt.put(key, value);
                boolean fits = value.equals("") && (key.equals("commit") || key.equals("dataSnapshot"));
                assertThat(VersionRecord.of(spoilt).isPresent())
                        .as("%s: %s", key, value)
                        .isEqualTo(fits);
            }
        }
    }

    @Test
    void whatCannotBeRegisteredIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> builder().build()).withMessageContaining("no artefact");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder().artefact(PLACE, DIGEST).artefact(PLACE, DIGEST))
                .withMessageContaining("given twice");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder()
                        .artefact(PLACE, DIGEST.toUpperCase(java.util.Locale.ROOT))
                        .build())
                .withMessageContaining("digest is \"SHA256:");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder().artefact(URI.create("https://bob:hunter2@models/v7"), DIGEST))
                .withMessageContaining("user or a password")
                .withMessageNotContaining("hunter2");
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> builder().artefact(PLACE, DIGEST).commit("a\nb").build())
                .withMessageContaining("commit is \"a\\u000ab\"");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder().feature("age", "int").feature("age", "int"))
                .withMessageContaining("declared twice");
    }

    @Test
    void aSchemaThatDropsOrRetypesWhatCallersSendSaysSo() {
        FeatureSchema callers = new FeatureSchema(Map.of("age", "int", "income", "double", "region", "string"));
        assertThat(new FeatureSchema(Map.of("age", "long", "region", "string", "new", "int")).problemsFor(callers))
                .containsExactly(
                        "feature \"age\" is retyped: callers send it as int, this version takes long",
                        "feature \"income\" is dropped: callers send it as double");
        assertThat(callers.problemsFor(callers)).isEmpty();
        assertThat(callers.problemsFor(FeatureSchema.NONE)).isEmpty();
        assertThat(FeatureSchema.NONE.problemsFor(callers))
                .as("declares nothing")
                .isEmpty();
    }
}
