package io.modelgate.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.modelgate.Gates;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The document of the API and its routes are the same thing. */
class ContractTest {

    private static final Pattern TAKES = Pattern.compile("takes (VIEWER|OPERATOR|APPROVER|ADMIN)");

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
        List<Contract.Operation> named = Contract.operations().stream()
                .filter(operation ->
                        TAKES.matcher(operation.about().get("summary").asText()).find())
                .toList();
        assertThat(named).hasSizeGreaterThanOrEqualTo(4);
        for (Contract.Operation operation : named) {
            Matcher takes = TAKES.matcher(operation.about().get("summary").asText());
            assertThat(takes.find()).isTrue();
            assertThat(routes().stream()
                            .filter(route -> route.method().equals(operation.method())
                                    && route.pattern().equals(operation.path()))
                            .map(Route::role))
                    .as(operation.path())
                    .containsExactly(Role.valueOf(takes.group(1)));
        }
    }

    @Test
    void whatTheDocumentNamesNoRoleForChangesNothing() {
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
