package io.modelgate.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DecisionTest {

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "a\n", "é", "\"", "a/b", "\u2028", "*"})
    void anIdHasOnlyLettersDigitsAndThreeSigns(String id) {
        assertThatThrownBy(() -> Decisions.kill(id))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("id is \"")
                .hasMessageEndingWith("expected 1 to 100 letters, digits, '.', '_' or '-'");
    }

    @Test
    void anIdHasAtMostAHundredCharacters() {
        assertThat(Decisions.kill("x".repeat(100)).id()).hasSize(100);
        assertThatThrownBy(() -> Decisions.kill("x".repeat(101))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void typeGateActorAndAuthenticationAreChecked() {
        assertThatThrownBy(() -> new Decision("1", Decisions.AT, "a b", false, "g", "alice", "asserted", "", Map.of()))
                .hasMessageStartingWith("type is");
        assertThatThrownBy(
                        () -> new Decision("1", Decisions.AT, "kill", false, "**", "alice", "asserted", "", Map.of()))
                .hasMessageStartingWith("gate is");
        assertThatThrownBy(() -> new Decision("1", Decisions.AT, "kill", false, "g", "", "asserted", "", Map.of()))
                .hasMessageStartingWith("actor is");
        assertThatThrownBy(() -> new Decision("1", Decisions.AT, "kill", false, "g", "alice", "", "", Map.of()))
                .hasMessageStartingWith("authentication is");
        assertThat(new Decision("1", Decisions.AT, "kill", false, Decision.FLEET, "alice", "asserted", "", Map.of())
                        .gate())
                .isEqualTo("*");
    }

    @Test
    void theTimeIsCutToMillisecondsAndHasFourDigitsOfYear() {
        assertThat(at(Instant.parse("2026-01-01T00:00:00.123999Z")).at())
                .isEqualTo(Instant.parse("2026-01-01T00:00:00.123Z"));
        assertThatThrownBy(() -> at(Instant.parse("+10000-01-01T00:00:00Z"))).hasMessageStartingWith("at is");
        assertThatThrownBy(() -> at(Instant.parse("-0001-12-31T23:59:59Z"))).hasMessageStartingWith("at is");
    }

    private static Decision at(Instant at) {
        return new Decision("1", at, "kill", false, "g", "alice", "asserted", "", Map.of());
    }

    @Test
    void dataOfAnotherTypeIsRefusedByName() {
        assertThatThrownBy(() -> data(Map.of("weight", 0.5)))
                .hasMessageStartingWith("data.weight is a java.lang.Double");
        assertThatThrownBy(() -> data(Map.of("a", Map.of("b", List.of("x", 1)))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("data.a.b[1] is a java.lang.Integer");
        assertThatThrownBy(() -> data(Collections.singletonMap("a", null))).hasMessageStartingWith("data.a is null");
        assertThatThrownBy(() -> data(Map.of("a", Arrays.asList("x", null))))
                .hasMessageStartingWith("data.a[1] is null");
        assertThatThrownBy(() -> data(Map.of("a", Map.of(1L, "x")))).hasMessageContaining("data.a has the key 1");
    }

    @Test
    void dataMayBeNestedThirtyTwoLevelsDeep() {
        assertThat(data(nested(32)).data()).isEqualTo(nested(32));
        assertThatThrownBy(() -> data(nested(33)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("deeper than 32 levels");
        List<Object> circle = new ArrayList<>();
        circle.add(circle);
        assertThatThrownBy(() -> data(Map.of("circle", circle))).isInstanceOf(IllegalArgumentException.class);
    }

    private static Map<String, Object> nested(int levels) {
        return levels == 1 ? Map.of() : Map.of("a", nested(levels - 1));
    }

    @Test
    void nobodyCanChangeTheDataLater() {
        List<Object> list = new ArrayList<>(List.of("x"));
        Map<String, Object> inner = new HashMap<>(Map.of("list", list));
        Map<String, Object> outer = new HashMap<>(Map.of("inner", inner));
        Decision decision = data(outer);
        list.add("y");
        inner.put("more", true);
        outer.put("more", true);
        assertThat(decision.data()).isEqualTo(Map.of("inner", Map.of("list", List.of("x"))));
        assertThatThrownBy(() -> decision.data().put("more", true)).isInstanceOf(UnsupportedOperationException.class);
    }

    private static Decision data(Map<String, Object> data) {
        return Decisions.with("1", "", data);
    }
}
