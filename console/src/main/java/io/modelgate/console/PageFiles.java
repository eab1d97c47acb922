package io.modelgate.console;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The files of the page, by the path that they are served at: these and no others, whatever a path says. Immutable. */
final class PageFiles {

    private static final Map<String, String> TYPES = Map.of(
            "html", "text/html; charset=utf-8",
            "js", "text/javascript; charset=utf-8",
            "css", "text/css; charset=utf-8",
            "svg", "image/svg+xml",
            "yaml", "application/yaml; charset=utf-8");

    private static final List<String> PAGE = List.of(
            "api.js",
            "app.js",
            "budgets.js",
            "chart.js",
            "dialogs.js",
            "dom.js",
            "events.js",
            "fleet.js",
            "format.js",
            "gates.js",
            "icon.svg",
            "kill.js",
            "log.js",
            "page.css",
            "parts.js",
            "preact.module.js",
            "rollouts.js",
            "screens.js",
            "shadow.js",
            "store.js",
            "uPlot.iife.min.js",
            "uPlot.min.css");

    private final Map<String, Reply.Body> byPath;

    private PageFiles(Map<String, Reply.Body> byPath) {
        this.byPath = Map.copyOf(byPath);
    }

    static PageFiles load() {
        Map<String, Reply.Body> files = new LinkedHashMap<>();
        files.put("/", file("page/index.html"));
        PAGE.forEach(name -> files.put("/page/" + name, file("page/" + name)));
        files.put("/api/v1/openapi.yaml", file("openapi.yaml"));
        return new PageFiles(files);
    }

    private static Reply.Body file(String name) {
        String type = TYPES.get(name.substring(name.lastIndexOf('.') + 1));
        try (InputStream in = PageFiles.class.getResourceAsStream(name)) {
            if (in == null || type == null) {
                throw new IllegalStateException("the jar of the console lacks " + name);
            }
            return new Reply.Body(200, type, in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The file at a path, or null. */
    @Nullable
    Reply get(String path) {
        return byPath.get(path);
    }
}
