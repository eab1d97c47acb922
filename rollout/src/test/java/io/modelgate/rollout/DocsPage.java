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
     * Fails unless the page has one example in Java, and it is what stands in the test between {@code // NAME: begin} and {@code // NAME: end}, once or more often. The test says {@code path("…")} for the paths of
     * a host.
     */
    void showsJavaOf(Class<?> test) throws IOException {
        String source = Files.readString(Path.of("src/test/java", test.getName().replace('.', '/') + ".java"));
        StringBuilder code = new StringBuilder();
        String begin = "// " + name + ": begin\n";
        for (int from = source.indexOf(begin); from >= 0; from = source.indexOf(begin, from + 1)) {
            code.append(source, from + begin.length(), source.indexOf("// " + name + ": end", from));
        }
        List<String> shown = examples("java");
        assertThat(shown).as("examples of " + name).hasSize(1);
        assertThat(words(shown.get(0)))
                .as("the example of " + name)
                .isNotEmpty()
                .containsExactlyElementsOf(words(code.toString().replace("path(\"", "Path.of(\"")));
    }

    /** Where a line is broken differs with how far it is indented. */
    private static List<String> words(String code) {
        List<String> words = new ArrayList<>();
        WORD.matcher(code).results().map(MatchResult::group).forEach(words::add);
        return words;
    }
}
