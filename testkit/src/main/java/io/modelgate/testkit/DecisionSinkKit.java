package io.modelgate.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.modelgate.Caller;
import io.modelgate.Cause;
import io.modelgate.DecisionRecord;
import io.modelgate.DecisionSink;
import io.modelgate.Gates;
import io.modelgate.ModelGate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What a sink of decision records must do. To test an implementation, extend this and say how it is opened and read.
 *
 * <p>The bound on time is generous and only there so that a broken implementation fails instead of hanging.
 */
@Timeout(60)
public abstract class DecisionSinkKit {

    /** For subclasses. */
    protected DecisionSinkKit() {}

    /** Opens a sink on the place of this test, which is empty before its first. */
    protected abstract DecisionSink open() throws Exception;

    /** The ids of the records in the place of this test, in the order in which they were written; asked once all sinks are closed. */
    protected abstract List<String> ids() throws Exception;

    private static DecisionRecord record(String id, @Nullable String body) {
        return new DecisionRecord(
                id,
                "chat",
                Instant.parse("2026-03-02T10:00:00.123456789Z"),
                Duration.ofNanos(1),
                DecisionRecord.Kind.REFUSED,
                null,
                null,
                null,
                Cause.KILLED,
                Duration.ZERO,
                null,
                null,
                null,
                null,
                null,
                body,
                null);
    }

    @Test
    void recordsComeInTheOrderInWhichTheyWereWritten() throws Exception {
        List<String> written = new ArrayList<>();
        try (DecisionSink sink = open()) {
            for (int i = 0; i < 20; i++) {
                List<DecisionRecord> batch = new ArrayList<>();
                for (int j = 0; j < 100; j++) {
                    batch.add(record("id-" + i + "-" + j, null));
                    written.add("id-" + i + "-" + j);
                }
                sink.write(List.copyOf(batch));
                sink.flush();
            }
        }
        assertThat(ids()).isEqualTo(written);
    }

    @Test
    void whateverIsInABodyIsStillOneRecord() throws Exception {
        String body = "a \"quoted\"\r\n\tline, \\ \u0000 \u2028 \ud83d\ude00 \ud83d 'x'; --";
        try (DecisionSink sink = open()) {
            sink.write(List.of(record("odd", body), record("plain", "b".repeat(30_000))));
        }
        assertThat(ids()).containsExactly("odd", "plain");
    }

    @Test
    void aSecondSinkAddsToWhatTheFirstWrote() throws Exception {
        try (DecisionSink first = open()) {
            first.write(List.of(record("one", null)));
        }
        try (DecisionSink second = open()) {
            second.write(List.of(record("two", null)));
        }
        assertThat(ids()).containsExactlyInAnyOrder("one", "two");
    }

    @Test
    void closingTwiceIsClosingOnceAndNothingIsWrittenAfterIt() throws Exception {
        DecisionSink sink = open();
        sink.write(List.of(record("one", null)));
        sink.close();
        sink.close();
        assertThatThrownBy(() -> sink.write(List.of(record("two", null)))).isInstanceOf(Exception.class);
        assertThat(ids()).containsExactly("one");
    }

    @Test
    void everyCallOfAGateIsInIt() throws Exception {
        DecisionSink sink = open();
        List<String> made = new ArrayList<>();
        try (Gates gates = Gates.open(g -> g.decisionRecords(sink))) {
            ModelGate<String, String> gate = gates.gate("chat", g -> g.stable("v1", input -> input));
            for (int i = 0; i < 1_000; i++) {
                made.add(gate.decide("hi", Caller.of("user-" + i))
                        .id()
                        .orElseThrow()
                        .text());
            }
        }
        assertThat(ids()).isEqualTo(made);
    }
}
