package io.modelgate.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The JSON of the log, for others. */
class JsonTest {

    @Test
    void aMapIsOneLineWithItsKeysInOrder() {
        assertThat(Json.text(Map.of("b", List.of(1L, true, Map.of()), "a", "x\n\"\\é")))
                .isEqualTo("{\"a\":\"x\\u000a\\\"\\\\é\",\"b\":[1,true,{}]}");
    }

    @Test
    void whatTheLogCannotHoldIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Json.text(Map.of("a", 0.5)))
                .withMessageContaining("data.a is a java.lang.Double");
    }
}
