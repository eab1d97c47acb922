package io.modelgate.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The page is small, complete, and loads nothing from elsewhere. */
class PageFilesTest {

    private static final int MOST_BYTES = 200 * 1024;
    private static final Pattern ADDRESS = Pattern.compile("(?i)(https?:)?//[a-z0-9-]+\\.[a-z0-9.-]+[^\\s\"'`)<]*");
    private static final Pattern IMPORT = Pattern.compile("from \"\\./([^\"]+)\"");

    private final PageFiles files = PageFiles.load();

    private static Path folder() throws URISyntaxException {
        return Path.of(PageFiles.class.getResource("page/index.html").toURI()).getParent();
    }

    private static Map<String, String> page() throws Exception {
        Map<String, String> texts = new TreeMap<>();
        try (Stream<Path> paths = Files.list(folder())) {
            for (Path path : paths.toList()) {
                texts.put(path.getFileName().toString(), Files.readString(path));
            }
        }
        return texts;
    }

    @Test
    void allFilesTogetherAreUnder200KilobytesUncompressed() throws Exception {
        long bytes = page().values().stream()
                .mapToLong(text -> text.getBytes(StandardCharsets.UTF_8).length)
                .sum();

        assertThat(bytes).isBetween(100_000L, (long) MOST_BYTES);
    }

    @Test
    void everyFileIsServedAndEveryImportIsThere() throws Exception {
        Map<String, String> page = page();

        for (Map.Entry<String, String> each : page.entrySet()) {
            if (!each.getKey().equals("index.html")) {
                assertThat(files.get("/page/" + each.getKey()))
                        .as(each.getKey())
                        .isNotNull();
            }
            List<String> imports = IMPORT.matcher(each.getValue())
                    .results()
                    .map(found -> found.group(1))
                    .toList();
            assertThat(page.keySet()).as(each.getKey()).containsAll(imports);
        }
    }

    @Test
    void nothingElseIsServed() {
        assertThat(Stream.of(
                                "/page/",
                                "/page/../openapi.yaml",
                                "/page/index.html/..",
                                "/page/%2e%2e/openapi.yaml",
                                "/page/app.js.map",
                                "/io/modelgate/console/page/app.js",
                                "/META-INF/LICENSE")
                        .map(files::get))
                .containsOnlyNulls();
    }

    @Test
    void noFileNamesAnotherHost() throws Exception {
        for (Map.Entry<String, String> each : page().entrySet()) {
            String text = each.getValue();
            List<String> addresses = ADDRESS.matcher(text)
                    .results()
                    .filter(found -> !licenceComment(text, found))
                    .map(MatchResult::group)
                    .filter(address -> !URI.create(address).getHost().equals("www.w3.org"))
                    .toList();

            assertThat(addresses).as(each.getKey()).isEmpty();
        }
    }

    /** Whether it stands in the comment at the head of a library's file. */
    private static boolean licenceComment(String text, MatchResult found) {
        int end = text.indexOf("*/");
        return text.startsWith("/*!") && found.end() <= end;
    }

    @Test
    void noScriptOrStyleIsInline() throws Exception {
        String index = page().get("index.html");

        assertThat(index)
                .doesNotContainPattern("(?i)<style|\\sstyle=|\\son[a-z]+=|javascript:")
                .doesNotContainPattern("<script(?![^>]* src=)");
    }

    @Test
    void whatTheServerSaysIsNeverReadAsMarkup() throws Exception {
        page().forEach((name, text) -> {
            if (name.endsWith(".js") && !name.contains("preact")) { // has it for whoever asks, and nobody does
                assertThat(text)
                        .as(name)
                        .doesNotContain(
                                "dangerouslySetInnerHTML",
                                "innerHTML",
                                "outerHTML",
                                "insertAdjacentHTML",
                                "document.write",
                                "eval(",
                                "new Function");
            }
        });
    }

    @Test
    void theLicencesOfTheLibrariesComeWithThem() throws IOException {
        for (String library : List.of("preact", "uplot")) {
            try (var licence = PageFiles.class.getResourceAsStream("/META-INF/licenses/" + library + "/LICENSE")) {
                assertThat(licence).as(library).isNotNull();
                assertThat(new String(licence.readAllBytes(), StandardCharsets.UTF_8))
                        .contains("MIT License", "Copyright (c)");
            }
        }
    }
}
