package io.modelgate.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelgate.Gates;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The document of the API and its routes are the same thing. */
class ContractTest {

    private static final Pattern TAKES = Pattern.compile("takes (VIEWER|OPERATOR|APPROVER|ADMIN)");

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
                .filter(operation -> TAKES.matcher(operation.about().get("summary").asText()).find())
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
                        .filter(route -> route.role() == Role.VIEWER && !route.method().equals("GET"))
                        .map(Route::pattern))
                .containsExactly("/api/v1/kills/preview");
    }

    @Test
    void aBodyThatIsNotAsTheDocumentSaysIsFoundOut() {
        org.assertj.core.api.Assertions.assertThatThrownBy(
                        () -> Contract.conforms("Me", "{\"actor\":\"alice\",\"role\":\"KING\"}"))
                .isInstanceOf(AssertionError.class);
        org.assertj.core.api.Assertions.assertThatThrownBy(
                        () -> Contract.conforms("Kill", "{\"id\":\"k\",\"at\":\"yesterday\"}"))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("date-time");
    }
}
