package io.modelgate.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** A page under {@code docs}, whose examples are what a test runs. */
record DocsPage(String name, String text) {

    private static final Pattern WORD = Pattern.compile("\\w+|\\S");

    static DocsPage of(String name) throws IOException {
        return new DocsPage(
                name, Files.readString(Path.of("../docs/" + name + ".md")).replace("\r\n", "\n"));
    }

    /** Its examples in a language, from the first to the last. */
    List<String> examples(String language) {
        return Pattern.compile("(?ms)^```" + language + "\n(.*?)^```$")
                .matcher(text)
                .results()
                .map(example -> example.group(1))
                .toList();
    }

    /** Its only example in YAML. */
    String yaml() {
        assertThat(examples("yaml")).as("examples of " + name).hasSize(1);
        return examples("yaml").get(0);
    }

    /**
     * Fails unless the examples in Java are what stands in the test between {@code // NAME: begin} and {@code // NAME: end}, once or more
     * often; {@code // NAME: next} begins the next example. The test says {@code path("…")} for the paths of a host.
     */
    void showsJavaOf(Class<?> test) throws IOException {
        String source = Files.readString(Path.of("src/test/java", test.getName().replace('.', '/') + ".java"));
        List<StringBuilder> run = new ArrayList<>(List.of(new StringBuilder()));
        boolean shown = false;
        for (String line : source.lines().toList()) {
            String mark = line.strip();
            if (mark.equals("// " + name + ": begin")) {
                shown = true;
            } else if (mark.equals("// " + name + ": next")) {
                shown = true;
                run.add(new StringBuilder());
            } else if (mark.equals("// " + name + ": end")) {
                shown = false;
            } else if (shown) {
                run.get(run.size() - 1).append(line).append('\n');
            }
        }
        List<String> examples = examples("java");
        assertThat(examples).as("examples of " + name).hasSameSizeAs(run);
        for (int i = 0; i < examples.size(); i++) {
            assertThat(words(examples.get(i)))
                    .as("example %d of %s", i + 1, name)
                    .isNotEmpty()
                    .containsExactlyElementsOf(words(run.get(i).toString().replace("path(\"", "Path.of(\"")));
        }
    }

    /** Where a line is broken differs with how far it is indented. */
    private static List<String> words(String code) {
        List<String> words = new ArrayList<>();
        WORD.matcher(code).results().map(MatchResult::group).forEach(words::add);
        return words;
    }
}
