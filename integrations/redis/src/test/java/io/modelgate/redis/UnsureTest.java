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
    void noAttemptChangesNothing() {
        fill();
        unsure.keep("a", List.of());
        unsure.keep("d", List.of("4"));
        assertThat(unsure.take("a")).isEmpty();
        assertThat(unsure.take("b")).containsExactly("2");
    }

    @Test
    void beyondTheBoundTheIdThatWasKeptLongestAgoIsForgotten() {
        fill();
        unsure.keep("a", List.of("4"));
        assertThat(unsure.size()).isEqualTo(3);
        assertThat(unsure.take("b")).isEmpty();
        assertThat(unsure.take("a")).containsExactly("1", "4");
        assertThat(unsure.take("c")).containsExactly("3");
    }

    private void fill() {
        unsure.keep("a", List.of("1"));
        unsure.keep("b", List.of("2"));
        unsure.keep("c", List.of("3"));
    }
}
