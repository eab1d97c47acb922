package io.modelgate.examples.guide;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** docs/spring.md shows code that runs and what is really printed, docs/spring-properties.md all properties there are. */
@ExtendWith(OutputCaptureExtension.class)
class GuideTest {

    private static final Path SOURCES = Path.of("src/test/java/io/modelgate/examples/guide");
    private static final Pattern ROW = Pattern.compile("(?m)^\\| `(modelgate\\.[^`: ]+)` \\|.*$");

    static String guide() throws IOException {
        return read(Path.of("../../docs/spring.md"));
    }

    private static String properties() throws IOException {
        return read(Path.of("../../docs/spring-properties.md"));
    }

    private static String read(Path file) throws IOException {
        return Files.readString(file).replace("\r\n", "\n");
    }

    @Test
    void theGuideShowsThisCode() throws IOException {
        assertThat(guide())
                .contains("```java\n" + part("Credit.java", "models").replace("static class", "class") + "\n```")
                .contains("```java\n" + part("Credit.java", "controller").replace("static class", "class") + "\n```")
                .contains("```java\n" + part("Operators.java", "operators") + "\n```")
                .contains("```java\n" + part("Customizers.java", "customizers") + "\n```")
                .contains("```java\n" + part("Customizers.java", "one gate") + "\n```")
                .contains("```java\n" + part("Customizers.java", "gate") + "\n```")
                .contains("```java\n" + part("Canary.java", "policy") + "\n```")
                .contains("```java\n"
                        + part("CreditTest.java", "test").replace("(properties = \"spring.config.name=guide\")", "")
                        + "\n```")
                .contains("```java\n" + part("BreakerTest.java", "breaker") + "\n```")
                .contains("```yaml\n" + read(Path.of("src/test/resources/guide.yml")) + "```")
                .contains("```yaml\n" + read(Path.of("src/test/resources/guide-kill.yml")) + "```");
    }

    private static String part(String file, String name) throws IOException {
        String source = read(SOURCES.resolve(file));
        String begin = "// spring.md: " + name + "\n";
        int from = source.indexOf(begin) + begin.length();
        String part = source.substring(from, source.indexOf("// spring.md: end", from));
        return part.stripIndent().strip();
    }

    @Test
    void theGuideShowsWhatAMisspeltPropertyPrints(CapturedOutput output) throws IOException {
        assertThatThrownBy(() -> SpringApplication.run(
                        Credit.class,
                        "--spring.config.name=guide-misspelt",
                        "--server.port=0",
                        "--spring.main.banner-mode=off"))
                .isInstanceOf(RuntimeException.class);

        String printed = output.getOut();
        String analysis = printed.substring(printed.indexOf("Description:")).strip();
        assertThat(guide()).contains(analysis.replace("guide-misspelt.yml", "application.yml"));
    }

    @Test
    void everyPropertyIsListedOnceAndNoOther() throws IOException, ClassNotFoundException {
        Set<String> there = new TreeSet<>();
        // The metadata names the record and describes nothing within its maps.
        collect("modelgate", Class.forName("io.modelgate.spring.ModelGateProperties"), there);
        assertThat(rows(properties()).map(row -> row.group(1))).containsExactlyInAnyOrderElementsOf(there);
    }

    @Test
    void theRowsOfTheGuideAreThoseOfTheWholeTable() throws IOException {
        List<String> all = rows(properties()).map(MatchResult::group).toList();
        assertThat(rows(guide()).map(row -> row.group().replace("](#", "](spring.md#")))
                .isNotEmpty()
                .isSubsetOf(all);
    }

    private static Stream<MatchResult> rows(String page) {
        return ROW.matcher(page).results();
    }

    private static void collect(String at, Type type, Set<String> names) {
        if (type instanceof ParameterizedType generic && generic.getRawType() == Map.class) {
            String key = at.endsWith(".users") ? ".USER" : ".GATE";
            collect(at + key, generic.getActualTypeArguments()[1], names);
        } else if (type instanceof ParameterizedType generic
                && generic.getRawType() == List.class
                && generic.getActualTypeArguments()[0] instanceof Class<?> element
                && element.isRecord()) {
            collect(at + "[]", element, names);
        } else if (type instanceof Class<?> raw && raw.isRecord()) {
            for (RecordComponent component : raw.getRecordComponents()) {
                collect(at + "." + kebab(component.getName()), component.getGenericType(), names);
            }
        } else {
            names.add(at);
        }
    }

    private static String kebab(String name) {
        return name.replaceAll("(?<=[a-z0-9])([A-Z])", "-$1").toLowerCase(Locale.ROOT);
    }
}
