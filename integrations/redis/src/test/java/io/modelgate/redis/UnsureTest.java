package io.modelgate.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class UnsureTest {

    private final Unsure unsure = new Unsure(3);

    @Test
    void whatIsTakenOutIsKnownNoMore() {
        unsure.keep("a", List.of("1"));
        assertThat(unsure.take("a")).containsExactly("1");
        assertThat(unsure.take("a")).isEmpty();
        assertThat(unsure.size()).isZero();
    }

    @Test
    void severalThreadsAttemptsAtOneIdAreKnownTogether() {
        unsure.keep("a", List.of("1"));
        unsure.keep("a", List.of("2"));
        assertThat(unsure.size()).isEqualTo(2);
        assertThat(unsure.take("a")).containsExactly("1", "2");
    }

    @Test
    void noAttemptTakesNoRoom() {
        for (int i = 0; i < 5; i++) {
            unsure.keep("none" + i, List.of());
        }
        assertThat(unsure.size()).isZero();
        assertThat(unsure.take("none0")).isEmpty();
    }

    @Test
    void beyondTheBoundTheIdThatWasKeptLongestAgoIsForgotten() {
        unsure.keep("a", List.of("1"));
        unsure.keep("b", List.of("2"));
        unsure.keep("c", List.of("3"));
        unsure.keep("a", unsure.take("a"));
        unsure.keep("d", List.of("4"));
        assertThat(unsure.size()).isEqualTo(3);
        assertThat(unsure.take("b")).isEmpty();
        assertThat(unsure.take("a")).containsExactly("1");
        assertThat(unsure.take("c")).containsExactly("3");
        assertThat(unsure.take("d")).containsExactly("4");
    }
}
