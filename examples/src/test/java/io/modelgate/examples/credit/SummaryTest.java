package io.modelgate.examples.credit;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelgate.Cause;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class SummaryTest {

    @Test
    void jsonHoldsEveryFigureUnderItsName() {
        Summary summary = new Summary(
                10,
                new TreeMap<>(Map.of("v2", 3L, "v1", 4L)),
                new TreeMap<>(Map.of("debt-ratio", 1L)),
                new TreeMap<>(Map.of(Cause.ERROR, 2L, Cause.KILLED, 1L)),
                1,
                1,
                0,
                31,
                290,
                4_000,
                12,
                true);
        assertThat(summary.json()).isEqualTo("""
                        {
                          "calls": 10,
                          "answered": {"v1": 4, "v2": 3},
                          "fellBack": {"debt-ratio": 1},
                          "byCause": {"KILLED": 1, "ERROR": 2},
                          "refused": 1,
                          "failed": 1,
                          "startedAfterKill": 0,
                          "killToStopMillis": 31,
                          "overheadNanosP50": 290,
                          "overheadNanosP99": 4000,
                          "logEntries": 12,
                          "logVerified": true
                        }
                        """);
    }

    @Test
    void aPercentileIsTheSmallestValueThatThePartDoesNotExceed() {
        long[] sorted = {1, 2, 3, 4};
        assertThat(Books.percentile(sorted, 50)).isEqualTo(2);
        assertThat(Books.percentile(sorted, 99)).isEqualTo(4);
        assertThat(Books.percentile(new long[0], 99)).isZero();
    }
}
