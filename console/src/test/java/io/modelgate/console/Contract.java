package io.modelgate.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** What {@code openapi.yaml} promises, held against what is answered. */
final class Contract {

    static final ObjectMapper MAPPER = new ObjectMapper();

    /** What any operation may be refused with, so that each need not say so. */
    private static final Set<Integer> ANY = Set.of(401, 403, 405, 413, 415, 429, 503);

    private static final SchemaRegistry SCHEMAS = SchemaRegistry.withDefaultDialect(
            SpecificationVersion.DRAFT_2020_12,
            registry -> registry.schemaRegistryConfig(
                    SchemaRegistryConfig.builder().formatAssertionsEnabled(true).build()));

    static final JsonNode DOCUMENT = document();

    private static final Map<String, Schema> BY_NAME = new ConcurrentHashMap<>();

    private Contract() {}

    private static JsonNode document() {
        try (InputStream in = Objects.requireNonNull(Console.class.getResourceAsStream("openapi.yaml"))) {
            return MAPPER.valueToTree(new Load(LoadSettings.builder().build()).loadFromInputStream(in));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** An operation of the document. */
    record Operation(String method, String path, JsonNode about) {}

    static List<Operation> operations() {
        List<Operation> operations = new ArrayList<>();
        DOCUMENT.get("paths")
                .properties()
                .forEach(path -> path.getValue().properties().forEach(method -> {
                    if (!method.getKey().equals("parameters")) {
                        operations.add(new Operation(
                                method.getKey().toUpperCase(java.util.Locale.ROOT), path.getKey(), method.getValue()));
                    }
                }));
        return operations;
    }

    /** Checks an answer of an operation against what the document says of it. */
    static void check(String method, String path, int status, String type, String body) {
        Operation operation = operations().stream()
                .filter(each -> each.method().equals(method) && matches(each.path(), path))
                .min(java.util.Comparator.comparingInt(each -> each.path().contains("{") ? 1 : 0))
                .orElseThrow(() -> new AssertionError("the document has no " + method + " " + path));
        JsonNode response = operation.about().get("responses").get(String.valueOf(status));
        if (response == null) {
            assertThat(ANY)
                    .as("%s %s answers %d, which it does not document", method, path, status)
                    .contains(status);
            response = MAPPER.createObjectNode().put("$ref", "#/components/responses/Problem");
        }
        if (response.has("$ref")) {
            response = DOCUMENT.at(response.get("$ref").textValue().substring(1));
        }
        JsonNode content = response.get("content");
        assertThat(content.has(type))
                .as("%s %s answers with %s: %s", method, path, type, body)
                .isTrue();
        JsonNode schema = content.get(type).get("schema");
        if (schema.has("$ref")) {
            conforms(schema.get("$ref").textValue().replace("#/components/schemas/", ""), body);
        } else {
            assertThat(schema.get("type").textValue()).isEqualTo("string");
        }
    }

    /** Checks a text against a schema of the document. */
    static void conforms(String name, String json) {
        Schema schema = BY_NAME.computeIfAbsent(name, Contract::schema);
        try {
            assertThat(schema.validate(MAPPER.readTree(json)))
                    .as("%s: %s", name, json)
                    .isEmpty();
        } catch (IOException e) {
            throw new AssertionError("not JSON: " + json, e);
        }
    }

    private static Schema schema(String name) {
        ObjectNode root = MAPPER.createObjectNode();
        root.put("$schema", "https://json-schema.org/draft/2020-12/schema");
        root.put("$ref", "#/components/schemas/" + name);
        root.set("components", DOCUMENT.get("components"));
        assertThat(DOCUMENT.at("/components/schemas/" + name).isMissingNode()).isFalse();
        return SCHEMAS.getSchema(root);
    }

    private static boolean matches(String template, String path) {
        return path.matches(template.replaceAll("\\{[a-z]+}", "[^/]+"));
    }
}
