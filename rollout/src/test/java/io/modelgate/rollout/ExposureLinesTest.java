package io.modelgate.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a line leaves out comes back. */
class ExposureLinesTest {

    private static final String LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    private static final ExposureFile.Header HASHED =
            new ExposureFile.Header("r-1", "credit", "v2", true, "17-0123abcd", 1_772_445_600_000L);

    @TempDir
    Path folder;

    private record Exposure(String caller, long at, String outcome) {}

    private static Exposure read(ExposureLines lines, String line) throws IOException {
        List<Exposure> read = new ArrayList<>();
        lines.read(line.stripTrailing(), (caller, at, outcome) -> read.add(new Exposure(caller, at, outcome)));
        return read.get(0);
    }

    @Test
    void whateverIsWrittenIsRead() throws Exception {
        Random random = new Random(7);
        ExposureLines written = new ExposureLines(HASHED);
        ExposureLines read = new ExposureLines(HASHED);
        String like = "x".repeat(200);
        for (int i = 0; i < 5_000; i++) {
            StringBuilder id = new StringBuilder();
            int length = 30 + random.nextInt(3) * 77;
            boolean strange = random.nextInt(500) == 0;
            while (id.length() < length) {
                boolean same = !strange && random.nextInt(4) > 0;
                id.append(same ? like.charAt(id.length()) : LETTERS.charAt(random.nextInt(64)));
            }
            Exposure exposure = new Exposure(
                    random.nextInt(9) == 0 ? "" : hash(random), HASHED.since() + random.nextInt() / 2, id.toString());
            String line = written.line(exposure.caller(), exposure.at(), exposure.outcome());
            assertThat(line.length()).isLessThanOrEqualTo(ExposureLines.most(exposure.caller(), exposure.outcome()));
            assertThat(read(read, line)).isEqualTo(exposure);
        }
    }

    private static String hash(Random random) {
        return String.format("%016x%016x", random.nextLong(), random.nextLong());
    }

    @Test
    void aHashIsShorterInTheFileAndAKeyIsAsItIs() throws Exception {
        String hash = "9f86d081884c7d659a2feaa0c55ad015";
        assertThat(new ExposureLines(HASHED).line(hash, HASHED.since() + 5, "abcdefgh"))
                .isEqualTo("n4bQgYhMfWWaL-qgxVrQFQ\t5\tabcdefgh\n");
        ExposureFile.Header plain = new ExposureFile.Header("r-1", "credit", "v2", false, "17-0123abcd", 0);
        String key = "a-key-of-22-characters";
        assertThat(read(new ExposureLines(plain), new ExposureLines(plain).line(key, 5, "id")))
                .isEqualTo(new Exposure(key, 5, "id"));
    }

    @Test
    void theRunsThatAnIdSharesWithTheLastWholeOneOfItsLengthAreLeftOut() throws Exception {
        ExposureLines lines = new ExposureLines(HASHED);
        assertThat(lines.line("", HASHED.since(), "AAbbbbCC")).endsWith("\tAAbbbbCC\n");
        assertThat(lines.line("", HASHED.since(), "xxbbbbyy")).endsWith("\txx.Eyy\n");
        assertThat(lines.line("", HASHED.since(), "longer-than-that")).endsWith("\tlonger-than-that\n");
        assertThat(lines.line("", HASHED.since(), "AAbbbbzz")).endsWith("\t.Gzz\n");
    }

    @Test
    void whatWasTakenBackIsNotBuiltUpon() throws Exception {
        ExposureLines written = new ExposureLines(HASHED);
        ExposureLines more = written.copy();
        assertThat(more.line("", 0, "AAbbbbCC")).contains("AAbbbbCC");
        assertThat(written.line("", 0, "AAbbbbDD")).contains("AAbbbbDD");
    }

    @Test
    void whatFollowsAnErasureIsNotBuiltUponWhatIsErased() throws Exception {
        ExposureFile.Header plain = new ExposureFile.Header("r-1", "credit", "v2", false, "17-0123abcd", 0);
        ExposureWriter writer = ExposureWriter.make(folder, plain);
        writer.take("ann", 1, "AAAAbbbb");
        writer.take("bob", 2, "xxxxbbbb");
        writer.flush();
        ExposureFile file = ExposureFile.at(writer.path()).orElseThrow();
        writer.replace(new ErasedLines(Map.of("ann", Long.MAX_VALUE), Log.IDENTITIES).without(file), plain);
        writer.take("bob", 3, "AAAAcccc");
        writer.flush();
        List<String> ids = new ArrayList<>();
        file.read((caller, at, outcome) -> ids.add(outcome));
        assertThat(ids).containsExactly("xxxxbbbb", "AAAAcccc");
        writer.close();
    }

    @Test
    void anIdThatCannotBeToldHidesNoExposureAndStaysUntold() throws Exception {
        for (String id : List.of(".Eab", ".", "a.A", "..")) {
            Exposure read = read(new ExposureLines(HASHED), "x\t7\t" + id);
            assertThat(read).isEqualTo(new Exposure("x", HASHED.since() + 7, id.equals("..") ? id : ".." + id));
            ExposureLines written = new ExposureLines(HASHED);
            ExposureLines again = new ExposureLines(HASHED);
            read(again, written.line("y", HASHED.since(), "whole1"));
            assertThat(read(again, written.line("x", read.at(), read.outcome())))
                    .isEqualTo(read);
            Exposure like = new Exposure("x", read.at(), read.outcome().replace('b', 'c'));
            assertThat(read(again, written.line("x", like.at(), like.outcome())))
                    .isEqualTo(like);
        }
    }

    @Test
    void anIdThatOthersReferToIsTakenFromALineThatIsDamaged() throws Exception {
        for (String damaged : List.of("ann!5\tAAbbbbCC", "ann\t5!\tAAbbbbCC", "ann\t5\tid!bob\t6\tAAbbbbCC")) {
            ExposureLines lines = new ExposureLines(HASHED);
            assertThatThrownBy(() -> read(lines, damaged)).isInstanceOf(ExposureLines.Malformed.class);
            assertThat(read(lines, "bob\t7\t.Gzz").outcome()).isEqualTo("AAbbbbzz");
        }
    }

    @Test
    void damageToAnIdEndsWithTheNextThatIsWhole() throws Exception {
        ExposureLines written = new ExposureLines(HASHED);
        ExposureLines read = new ExposureLines(HASHED);
        written.line("", HASHED.since(), "AAbbbbCC");
        int wrong = 0;
        for (int i = 0; i < 1_000; i++) {
            Exposure exposure = new Exposure("", HASHED.since() + i, "AAbbbb" + (char) ('a' + i % 26) + "z");
            wrong += read(read, written.line("", exposure.at(), exposure.outcome()))
                            .equals(exposure)
                    ? 0
                    : 1;
        }
        assertThat(wrong).isEqualTo(255);
    }

    @Test
    void aLineThatNobodyWroteIsSaidToBeNone() {
        for (String line : List.of("x", "x\t7", "x\tseven\tid", "x\t7\tid!y\t8\tid", "!!!!!!!!!!!!!!!!!!!!!!\t7\tid")) {
            assertThatThrownBy(() -> read(new ExposureLines(HASHED), line))
                    .isInstanceOf(ExposureLines.Malformed.class)
                    .hasMessageStartingWith("a line ");
        }
    }
}
