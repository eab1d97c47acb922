package io.modelgate;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What docs/gated.md shows of code, between two marks in a test. */
final class GatedPage {

    private GatedPage() {}

    static void assertShows(Class<?> test, String part) throws IOException {
        Path root = Path.of("").toAbsolutePath();
        while (!Files.exists(root.resolve("README.md"))) {
            root = root.getParent();
        }
        List<String> source =
                Files.readAllLines(root.resolve("core/src/test/java/io/modelgate/" + test.getSimpleName() + ".java"));
        List<String> from = source.subList(indexOf(source, "// gated.md: " + part) + 1, source.size());
        String shown = String.join("\n", from.subList(0, indexOf(from, "// gated.md: end")))
                .stripIndent()
                .strip();
        String page = Files.readString(root.resolve("docs/gated.md")).replace("\r\n", "\n");
        assertThat(shown).isNotEmpty();
        assertThat(page).contains("```java\n" + shown + "\n```");
    }

    private static int indexOf(List<String> lines, String line) {
        int index = lines.stream().map(String::strip).toList().indexOf(line);
        assertThat(index).as(line).isNotNegative();
        return index;
    }
}
