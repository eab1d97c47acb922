package io.modelgate.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Stable against its own reference, while nobody rolls anything out. */
class FrozenTest {

    private static final Path FILE = Path.of("scenarios", "silent-degradation.yaml");

    @Test
    void aSilentDegradationIsReportedWithinAFewHours() {
        Frozen frozen = new Frozen(ScenarioFile.load(FILE), 11);
        for (int number = 0; number < 3; number++) {
            Frozen.Result result = frozen.run(number);
            assertThat(result.degraded()).isEqualTo(Duration.ofDays(1));
            assertThat(result.reported()).isBetween(Duration.ofDays(1), Duration.ofHours(36));
            assertThat(result.falselyReported()).isFalse();
            assertThat(result.reason()).contains("the distribution of score");
            assertThat(frozen.run(number)).isEqualTo(result);
        }
    }

    @Test
    void whatStaysAsItWasIsNotReported() throws Exception {
        String same = Files.readString(FILE).replaceFirst("(?s)changes:.*", "");
        Frozen frozen = new Frozen(ScenarioFile.parse("same", same.getBytes(StandardCharsets.UTF_8), null), 11);
        for (int number = 0; number < 3; number++) {
            assertThat(frozen.run(number)).isEqualTo(new Frozen.Result(null, null, ""));
        }
    }

    @Test
    void aScenarioThatFreezesNothingIsRefused() {
        assertThatThrownBy(() -> new Frozen(ScenarioFile.load(Path.of("scenarios", "aa.yaml")), 1))
                .isInstanceOf(BadFileException.class)
                .hasMessageContaining("has no reference");
    }
}
