package io.modelgate.console;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The routes of a console. Immutable. */
final class Routes {

    /** What is recorded of a path that none has. */
    static final String NONE = "none";

    private final List<Route> routes;

    Routes(List<Route> routes) {
        this.routes = List.copyOf(routes);
    }

    List<Route> all() {
        return routes;
    }

    /**
     * What a path and a method lead to.
     *
     * @param route null if there is none
     * @param path the named parts of the path
     * @param pattern of the route, or of another that the path has, or {@link #NONE}
     * @param methods that the path takes
     */
    record Found(@Nullable Route route, Map<String, String> path, String pattern, Set<String> methods) {

        /** Whether it would change something if it were let in. */
        boolean changes(String method) {
            return route == null ? !isRead(method) : route.changes();
        }
    }

    static Found nothing() {
        return new Found(null, Map.of(), NONE, Set.of());
    }

    /** Whether a method changes nothing wherever it is sent. */
    static boolean isRead(String method) {
        return method.equals("GET") || method.equals("HEAD") || method.equals("OPTIONS");
    }

    /** Finds it; a pattern that spells a part out comes before one that names it. */
    Found find(String method, List<String> path) {
        String wanted = method.equals("HEAD") ? "GET" : method;
        Set<String> methods = new TreeSet<>();
        List<Route> matching = new ArrayList<>();
        for (Route route : routes) {
            if (route.match(path) != null) {
                matching.add(route);
                methods.add(route.method());
            }
        }
        if (methods.contains("GET")) {
            methods.add("HEAD");
        }
        Route best = null;
        for (Route route : matching) {
            if (route.method().equals(wanted) && (best == null || route.names() < best.names())) {
                best = route;
            }
        }
        Map<String, String> named = best == null ? null : best.match(path);
        String pattern = best != null
                ? best.pattern()
                : matching.isEmpty() ? NONE : matching.get(0).pattern();
        return new Found(best, named == null ? Map.of() : named, pattern, methods);
    }
}
