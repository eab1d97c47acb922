package io.modelgate.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.modelgate.Gates;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The document of the API and its routes are the same thing. */
class ContractTest {

    private static final Set<String> KEYWORDS = Set.of(
            "$ref",
            "type",
            "format",
            "enum",
            "description",
            "required",
            "properties",
            "additionalProperties",
            "items",
            "minLength",
            "maxLength");

    private static List<Route> routes() {
        try (Gates gates = Gates.open(g -> {});
                Api api = Api.open(gates, null, false, EventStreams.Rhythm.USUAL)) {
            return api.routes();
        }
    }

    @Test
    void everyRouteIsInTheDocumentAndEveryOperationOfTheDocumentIsARoute() {
        assertThat(routes().stream().map(route -> route.method() + " " + route.pattern()))
                .containsExactlyInAnyOrderElementsOf(Contract.operations().stream()
                        .map(operation -> operation.method() + " " + operation.path())
                        .toList());
    }

    @Test
    void aRouteTakesTheRoleThatTheDocumentNames() {
        List<Route> routes = routes();
        for (Contract.Operation operation : Contract.operations()) {
            assertThat(routes.stream()
                            .filter(route -> route.method().equals(operation.method())
                                    && route.pattern().equals(operation.path()))
                            .map(Route::role))
                    .as(operation.path())
                    .containsExactly(least(operation));
        }
    }

    /** Of an operation with several actions, what the least of them takes. */
    private static Role least(Contract.Operation operation) {
        JsonNode one = operation.about().path("x-role");
        JsonNode several = operation.about().path("x-roles");
        assertThat(one.isMissingNode()).as(operation.path()).isNotEqualTo(several.isMissingNode());
        return one.isMissingNode()
                ? several.properties().stream()
                        .map(action -> Role.valueOf(action.getValue().asText()))
                        .min(Comparator.naturalOrder())
                        .orElseThrow()
                : Role.valueOf(one.asText());
    }

    @Test
    void everyActionOnARolloutTakesTheRoleThatTheDocumentNames() {
        Map<String, Role> named = new HashMap<>();
        Contract.operations().stream()
                .map(operation -> operation.about().path("x-roles"))
                .forEach(roles -> roles.properties()
                        .forEach(action -> named.put(
                                action.getKey(), Role.valueOf(action.getValue().asText()))));
        assertThat(RolloutOperations.roles()).isEqualTo(named);
    }

    @Test
    void everyOperationSaysThatItMayBeRefused() {
        for (Contract.Operation operation : Contract.operations()) {
            assertThat(operation.about().at("/responses/default/$ref").asText())
                    .as(operation.path())
                    .isEqualTo("#/components/responses/Problem");
        }
    }

    @Test
    void whoMayOnlyLookChangesNothing() {
        assertThat(routes().stream()
                        .filter(route ->
                                route.role() == Role.VIEWER && !route.method().equals("GET"))
                        .map(Route::pattern))
                .containsExactly("/api/v1/kills/preview");
    }

    /** In YAML a comma in a description that stands in braces ends it, and what follows becomes a keyword that means nothing. */
    @Test
    void noSchemaHasKeywordsThatMeanNothing() {
        Contract.DOCUMENT.at("/components/schemas").properties().forEach(each -> known(each.getKey(), each.getValue()));
    }

    private static void known(String where, JsonNode schema) {
        schema.properties().forEach(each -> {
            assertThat(KEYWORDS).as(where).contains(each.getKey());
            if (each.getKey().equals("properties")) {
                each.getValue().properties().forEach(part -> known(where + "/" + part.getKey(), part.getValue()));
            } else if (each.getValue().isObject()) {
                known(where + "/" + each.getKey(), each.getValue());
            }
        });
    }

    @Test
    void aBodyThatIsNotAsTheDocumentSaysIsFoundOut() {
        assertThatThrownBy(() -> Contract.conforms("Me", "{\"actor\":\"alice\",\"role\":\"KING\"}"))
                .isInstanceOf(AssertionError.class);
        assertThatThrownBy(() -> Contract.conforms("Kill", "{\"id\":\"k\",\"at\":\"yesterday\"}"))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("date-time");
    }
}
