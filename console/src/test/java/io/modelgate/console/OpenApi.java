package io.modelgate.console;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** What {@code openapi.yaml} says that an operation takes. */
final class OpenApi {

    private final Map<?, ?> document;

    OpenApi() {
        try (InputStream in = OpenApi.class.getResourceAsStream("openapi.yaml")) {
            document = (Map<?, ?>) new Load(LoadSettings.builder().build()).loadFromInputStream(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The names of the parameters of a query. */
    List<String> query(Route route) {
        List<String> names = new ArrayList<>();
        for (Object each : list(operation(route), "parameters")) {
            Map<?, ?> parameter = resolved((Map<?, ?>) each);
            if ("query".equals(parameter.get("in"))) {
                names.add((String) parameter.get("name"));
            }
        }
        return names;
    }

    /** The fields of the body, with whether they have to be there; empty if there is no body. */
    Map<String, Boolean> body(Route route) {
        Map<String, Boolean> fields = new LinkedHashMap<>();
        Map<?, ?> body = map(operation(route), "requestBody");
        if (body.isEmpty()) {
            return fields;
        }
        Map<?, ?> schema = resolved(map(map(map(body, "content"), "application/json"), "schema"));
        List<?> required = list(schema, "required");
        map(schema, "properties").keySet().forEach(name -> fields.put((String) name, required.contains(name)));
        return fields;
    }

    /** The least role of every operation, by its id; of an operation that takes another by the action, by the action. */
    Map<String, String> roles() {
        Map<String, String> roles = new LinkedHashMap<>();
        for (Object path : map(document, "paths").values()) {
            for (Object each : ((Map<?, ?>) path).values()) {
                if (each instanceof Map<?, ?> operation) {
                    if (operation.get("x-role") instanceof String role) {
                        roles.put((String) operation.get("operationId"), role);
                    }
                    map(operation, "x-roles").forEach((action, role) -> roles.put((String) action, (String) role));
                }
            }
        }
        return roles;
    }

    private Map<?, ?> operation(Route route) {
        return map(map(map(document, "paths"), route.pattern()), route.method().toLowerCase(Locale.ROOT));
    }

    private Map<?, ?> resolved(Map<?, ?> node) {
        if (!(node.get("$ref") instanceof String reference)) {
            return node;
        }
        Map<?, ?> found = document;
        for (String part : reference.substring(2).split("/", -1)) {
            found = map(found, part);
        }
        return found;
    }

    private static Map<?, ?> map(Map<?, ?> node, String name) {
        return node.get(name) instanceof Map<?, ?> map ? map : Map.of();
    }

    private static List<?> list(Map<?, ?> node, String name) {
        return node.get(name) instanceof List<?> list ? list : List.of();
    }
}
