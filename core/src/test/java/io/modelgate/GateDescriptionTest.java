package io.modelgate;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** How much of a gate kills turn off, and who gets what then. */
class GateDescriptionTest {

    private static GateDescription gate(Set<String> registered, Scope... kills) {
        List<Kill> engaged = new ArrayList<>();
        for (Scope scope : kills) {
            engaged.add(new Kill("kill-" + engaged.size(), scope, Actor.of("alice"), "", Instant.EPOCH));
        }
        return new GateDescription(
                        "credit-risk",
                        Set.of("v1", "v2"),
                        registered,
                        Set.of("region"),
                        Optional.of("v1"),
                        Optional.empty(),
                        List.of())
                .under(engaged);
    }

    private static GateDescription.State state(Scope... kills) {
        return gate(Set.of(), kills).state();
    }

    @Test
    void aGateIsKilledIfNobodyGetsAnyOfItsVersions() {
        Scope v1 = Scope.version("credit-risk", "v1");
        Scope v2 = Scope.version("credit-risk", "v2");
        assertThat(state()).isEqualTo(GateDescription.State.LIVE);
        assertThat(state(Scope.fleet())).isEqualTo(GateDescription.State.KILLED);
        assertThat(state(Scope.gate("credit-risk"))).isEqualTo(GateDescription.State.KILLED);
        assertThat(state(v1)).isEqualTo(GateDescription.State.PARTLY_KILLED);
        assertThat(state(v1, v2)).isEqualTo(GateDescription.State.KILLED);
        assertThat(state(v1, v2.where("region", "eu"))).isEqualTo(GateDescription.State.PARTLY_KILLED);
        assertThat(state(Scope.fleet().where("region", "eu"))).isEqualTo(GateDescription.State.PARTLY_KILLED);
        assertThat(state(Scope.gate("fraud"))).isEqualTo(GateDescription.State.LIVE);
    }

    /** Whoever lacks the attribute counts as killed. */
    @Test
    void aKillNarrowedByAnAttributeThatIsNotDeclaredKillsEveryone() {
        assertThat(state(Scope.fleet().where("tenant", "a"))).isEqualTo(GateDescription.State.KILLED);
    }

    @Test
    void whereTheGateRunsItsRegisteredVersionsCount() {
        Scope v1 = Scope.version("credit-risk", "v1");
        assertThat(gate(Set.of("v1"), v1).state()).isEqualTo(GateDescription.State.KILLED);
        assertThat(gate(Set.of("v1", "v2"), v1).state()).isEqualTo(GateDescription.State.PARTLY_KILLED);
    }

    @Test
    void aVersionIsLiveIfNoKillBearsOnItForAnyone() {
        GateDescription gate = gate(Set.of(), Scope.version("credit-risk", "v2").where("region", "eu"));
        assertThat(gate.live("v1")).isTrue();
        assertThat(gate.live("v2")).isFalse();
    }

    @Test
    void mostCallersGetTheVersionWithMoreOfThemThatIsNotKilled() {
        Optional<String> v2 = Optional.of("v2");
        assertThat(gate(Set.of()).serves(v2, 0.1)).contains("v1");
        assertThat(gate(Set.of()).serves(v2, 0.9)).contains("v2");
        assertThat(gate(Set.of(), Scope.version("credit-risk", "v2")).serves(v2, 0.9))
                .contains("v1");
        assertThat(gate(Set.of(), Scope.version("credit-risk", "v1")).serves(v2, 0.1))
                .contains("v2");
        assertThat(gate(Set.of(), Scope.version("credit-risk", "v1")).serves(v2, 0))
                .isEmpty();
        assertThat(gate(Set.of(), Scope.fleet()).serves(v2, 0.1)).isEmpty();
    }
}
