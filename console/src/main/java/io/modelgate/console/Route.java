package io.modelgate.console;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One operation of the API.
 *
 * @param method of HTTP: {@code GET}, or {@code POST} for what changes something or may
 * @param pattern its path, whose parts in braces are names: {@code /api/v1/gates/{gate}}
 * @param role the least that may ask for it
 */
record Route(String method, String pattern, Role role, Handler handler) {

    /** Answers a request. */
    @FunctionalInterface
    interface Handler {
        Reply handle(Request request) throws IOException;
    }

    static Route get(String pattern, Handler handler) {
        return new Route("GET", pattern, Role.VIEWER, handler);
    }

    static Route post(String pattern, Role role, Handler handler) {
        return new Route("POST", pattern, role, handler);
    }

    /** Whether it changes something: who may only look may ask for no such thing. */
    boolean changes() {
        return role != Role.VIEWER;
    }

    /** How many parts of its path are names. */
    long names() {
        return parts(pattern).stream().filter(part -> part.startsWith("{")).count();
    }

    /** The named parts of a path, if it is one of this pattern; else null. */
    @Nullable
    Map<String, String> match(List<String> path) {
        List<String> parts = parts(pattern);
        if (parts.size() != path.size()) {
            return null;
        }
        Map<String, String> named = new HashMap<>();
        for (int i = 0; i < parts.size(); i++) {
            String part = parts.get(i);
            if (part.startsWith("{")) {
                named.put(part.substring(1, part.length() - 1), path.get(i));
            } else if (!part.equals(path.get(i))) {
                return null;
            }
        }
        return named;
    }

    /** The parts of a path; its first slash begins the first. */
    static List<String> parts(String path) {
        return List.of(path.substring(1).split("/", -1));
    }
}
