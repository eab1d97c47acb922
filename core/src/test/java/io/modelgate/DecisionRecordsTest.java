package io.modelgate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DecisionRecordsTest {

    private static final Caller CALLER = Caller.of("user-42").session("s-7");

    private final HandDrivenTime time = new HandDrivenTime();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final Remembering sink = new Remembering();
    private @Nullable Gates opened;

    /** Keeps what it gets, unless it is told to fail. */
    private static final class Remembering implements DecisionSink {
        final List<DecisionRecord> taken = new ArrayList<>();
        final CountDownLatch asked = new CountDownLatch(1);
        volatile @Nullable Exception failure;
        volatile @Nullable CountDownLatch hang;
        volatile boolean closed;

        @Override
        public void write(List<DecisionRecord> batch) throws IOException {
            asked.countDown();
            CountDownLatch held = hang;
            if (held != null) {
                try {
                    held.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
            Exception now = failure;
            if (now instanceof IOException io) {
                throw io;
            }
            if (now instanceof RuntimeException other) {
                throw other;
            }
            synchronized (taken) {
                taken.addAll(batch);
            }
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    private Gates open(Consumer<DecisionRecordsBuilder> configure) {
        Gates made = Gates.open(g -> g.ticker(time)
                .instants(() -> Instant.EPOCH.plusNanos(time.read()))
                .traceIds(() -> "trace-7")
                .meters(meters)
                .decisionRecords(sink, configure));
        opened = made;
        return made;
    }

    private static ModelGate<String, String> gate(Gates gates, Model<String, String> model) {
        return gates.gate("chat", g -> g.stable("v1", model));
    }

    private DecisionRecord only(Gates gates) {
        gates.flushServed();
        synchronized (sink.taken) {
            assertThat(sink.taken).hasSize(1);
            return sink.taken.get(0);
        }
    }

    private double meter(String name, String... tags) {
        return meters.get(name).tags(tags).functionCounter().count();
    }

    @AfterEach
    void close() {
        if (opened != null) {
            opened.close();
        }
    }

    @Test
    void aRecordSaysWhoAnsweredWhomWhenAndInWhichTrace() {
        Gates gates = open(r -> {});
        ModelGate<String, String> gate = gate(gates, input -> {
            time.advance(Duration.ofMillis(30));
            return "secret answer";
        });
        Outcome<String> outcome = gate.decide("secret question", CALLER);

        DecisionRecord record = only(gates);
        assertThat(record.id()).isEqualTo(outcome.id().orElseThrow().text());
        assertThat(record.gate()).isEqualTo("chat");
        assertThat(record.at()).isEqualTo(Instant.EPOCH);
        assertThat(record.took()).isEqualTo(Duration.ofMillis(30));
        assertThat(record.kind()).isEqualTo(DecisionRecord.Kind.ANSWERED);
        assertThat(record.answeredBy()).isEqualTo("v1");
        assertThat(record.cause()).isNull();
        assertThat(record.traceId()).isEqualTo("trace-7");
        assertThat(record.caller()).isEqualTo(gates.identities().hash("user-42"));
        assertThat(record.session()).isEqualTo(gates.identities().hash("s-7"));
        assertThat(record.json()).doesNotContain("user-42", "s-7", "secret");
    }

    @Test
    void whatFailedHasItsCause() {
        Gates gates = open(r -> {});
        gate(gates, input -> {
                    throw new IllegalStateException("secret");
                })
                .decide("hi", CALLER);

        DecisionRecord record = only(gates);
        assertThat(record.kind()).isEqualTo(DecisionRecord.Kind.FAILED);
        assertThat(record.cause()).isEqualTo(Cause.ERROR);
        assertThat(record.routed()).isEqualTo("v1");
        assertThat(record.answeredBy()).isNull();
        assertThat(record.json()).contains("\"outcome\":\"failed\"").doesNotContain("secret");
    }

    @Test
    void digestsAreKeyedSoThatAGuessDoesNotFindTheContent() throws Exception {
        Gates gates = open(r -> r.digests(content -> bytes((String) content)));
        gate(gates, input -> "yes").call("user-42", CALLER);

        DecisionRecord record = only(gates);
        String plain =
                HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes("yes")));
        assertThat(record.outputDigest()).startsWith("hmac-sha256:").hasSize(76).doesNotContain(plain);
        assertThat(record.outputDigest())
                .isEqualTo(gates.identities().digest(bytes("yes")))
                .matches("hmac-sha256:[0-9a-f]{64}");
        // An input that is a caller's key does not show by the caller's hash.
        assertThat(record.inputDigest()).doesNotContain(gates.identities().hash("user-42"));
    }

    @Test
    void plainDigestsAreWhatAnybodyComputes() throws Exception {
        Gates gates =
                open(r -> r.digests("chat", content -> bytes((String) content)).plainDigests());
        gate(gates, input -> "yes").call("hi", CALLER);
        assertThat(only(gates).outputDigest())
                .isEqualTo("sha256:"
                        + HexFormat.of()
                                .formatHex(MessageDigest.getInstance("SHA-256").digest(bytes("yes"))));
    }

    @Test
    void bodiesAreKeptOnlyWhereTheyAreAllowedAndAsTheirRedactionLeftThem() {
        Gates gates = open(r -> r.inputs("chat", input -> input.toString().replaceAll("\\d", "#")));
        ModelGate<String, String> other = gates.gate("other", g -> g.stable("v1", input -> "b"));
        other.call("card 1234", CALLER);
        assertThat(only(gates).input()).isNull();
        sink.taken.clear();

        gate(gates, input -> "a").call("card 1234", CALLER);
        assertThat(only(gates).input()).isEqualTo("card ####");
        assertThat(only(gates).output()).isNull();
    }

    @Test
    void aRedactionThatThrowsDropsTheBodyAndNotTheRecord() {
        Gates gates = open(r -> r.inputs("chat", input -> {
                    throw new IllegalStateException((String) input);
                })
                .digests(content -> {
                    throw new IllegalStateException((String) content);
                })
                .outputs("chat", Object::toString));
        gate(gates, input -> "fine").call("secret", CALLER);

        DecisionRecord record = only(gates);
        assertThat(record.input()).isNull();
        assertThat(record.inputDigest()).isNull();
        assertThat(record.output()).isEqualTo("fine");
        assertThat(meter("modelgate.records.left.out")).isEqualTo(3);
    }

    @Test
    void aSerializerMayThrowWhatIsCheckedWhichDropsTheDigestAndNotTheRecord() {
        Gates gates = open(r -> r.digests(content -> {
            throw new IOException("not serializable");
        }));
        gate(gates, input -> "fine").call("hi", CALLER);
        assertThat(only(gates).outputDigest()).isNull();
        assertThat(meter("modelgate.records.left.out")).isEqualTo(2);
    }

    @Test
    void aSecondSinkIsRefusedAndNeitherStaysOpen() {
        Remembering other = new Remembering();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Gates.open(g -> g.decisionRecords(sink).decisionRecords(other)))
                .withMessageContaining("decisionRecords is given twice");
        assertThat(sink.closed).isTrue();
        assertThat(other.closed).isTrue();
    }

    @Test
    void aGateThatIsNamedAndNotBuiltIsWarnedOfOnceAMinuteAfterTheStart() {
        Gates gates = open(r -> r.only("chat").only("credit-rsk").inputs("caht", input -> null));
        String atOnce = stderr(() -> {
            gate(gates, input -> input);
            gates.flushServed();
        });
        String later = stderr(() -> {
            time.advance(Duration.ofSeconds(61));
            gates.flushServed();
        });
        String again = stderr(() -> {
            time.advance(Duration.ofSeconds(61));
            gates.flushServed();
            gates.close();
        });
        assertThat(atOnce).as("it may be built yet").doesNotContain("decision records name gate");
        assertThat(later)
                .containsOnlyOnce(
                        "decision records name gate \"credit-rsk\", which this process has not built: it has [chat]")
                .containsOnlyOnce("decision records name gate \"caht\"")
                .doesNotContain("name gate \"chat\"");
        assertThat(again).doesNotContain("decision records name gate");
    }

    @Test
    void aGateThatIsNamedAndNotBuiltIsWarnedOfAtTheEndIfThatComesSooner() {
        String said = stderr(() -> {
            Gates gates = open(r -> r.only("credit-rsk"));
            gates.flushServed();
            gates.close();
        });
        assertThat(said).containsOnlyOnce("decision records name gate \"credit-rsk\"");
    }

    private static String stderr(Runnable doing) {
        PrintStream before = System.err;
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        System.setErr(new PrintStream(said, true, StandardCharsets.UTF_8));
        try {
            doing.run();
        } finally {
            System.setErr(before);
        }
        return said.toString(StandardCharsets.UTF_8);
    }

    @Test
    void onlyTheGatesNamedAreKept() {
        Gates gates = open(r -> r.only("other"));
        ModelGate<String, String> chat = gate(gates, input -> input);
        assertThat(chat.decide("hi", CALLER).id()).isEmpty(); // and the others pay nothing
        ModelGate<String, String> other = gates.gate("other", g -> g.stable("v1", input -> "b"));
        other.call("hi", CALLER);
        assertThat(only(gates).gate()).isEqualTo("other");
    }

    @Test
    void aSinkThatFailsIsAskedAgainAndNothingIsLost() {
        Gates gates = open(r -> {});
        sink.failure = new IOException("No space left on device");
        ModelGate<String, String> gate = gate(gates, input -> input);
        gate.call("hi", CALLER);
        gates.flushServed();
        assertThat(sink.taken).isEmpty();
        sink.failure = null;

        assertThat(only(gates).gate()).isEqualTo("chat");
        assertThat(meter("modelgate.records.written")).isEqualTo(1);
        assertThat(meter("modelgate.records.lost", "reason", "sink")).isZero();
    }

    @Test
    void aSinkThatFailsForAMinuteLosesTheBatchAndIsCounted() {
        Gates gates = open(r -> {});
        sink.failure = new IOException("No space left on device");
        gate(gates, input -> input).call("hi", CALLER);
        gates.flushServed();
        time.advance(Duration.ofSeconds(61));
        gates.flushServed();
        assertThat(meter("modelgate.records.lost", "reason", "sink")).isEqualTo(1);
    }

    @Test
    void aSinkWithAMistakeLosesTheBatchAtOnceAndCallersNeverNotice() {
        Gates gates = open(r -> {});
        sink.failure = new IllegalStateException("broken");
        ModelGate<String, String> gate = gate(gates, input -> input);
        assertThat(gate.call("hi", CALLER)).isEqualTo("hi");
        gates.flushServed();
        assertThat(meter("modelgate.records.lost", "reason", "sink")).isEqualTo(1);
    }

    @Test
    void aSinkThatHangsCostsCallersNothingAndWhatDoesNotFitIsCounted() throws Exception {
        Gates gates = open(r -> r.waiting(512));
        CountDownLatch hang = new CountDownLatch(1);
        sink.hang = hang;
        ModelGate<String, String> gate = gate(gates, input -> input);
        gate.call("first", CALLER);
        sink.asked.await();
        for (int i = 0; i < 520; i++) {
            assertThat(gate.call("hi", CALLER)).isEqualTo("hi");
        }
        while (gates.served().waiting() > 0) {
            gates.served().drain(); // not the records: they hang
        }
        try {
            assertThat(meter("modelgate.records.lost", "reason", "full")).isEqualTo(8);
        } finally {
            hang.countDown();
        }
    }

    @Test
    void closingWritesWhatIsLeftAndClosesTheSink() {
        Gates gates = open(r -> {});
        gate(gates, input -> input).call("hi", CALLER);
        gates.close();
        assertThat(sink.taken).hasSize(1);
        assertThat(sink.closed).isTrue();
    }

    @Test
    void closingWaitsForTheCallThatIsBeingHandedOn() throws Exception {
        CountDownLatch inHand = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        Gates gates = Gates.open(g -> g.decisionRecords(sink).instants(() -> {
            if (Thread.currentThread().getName().equals("modelgate-served")) {
                inHand.countDown();
                try {
                    go.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
            return Instant.EPOCH;
        }));
        gate(gates, input -> input).call("hi", CALLER);
        inHand.await();

        Thread closing = new Thread(gates::close);
        closing.start();
        while (gates.served().hasRoom() || closing.getState() == Thread.State.RUNNABLE) {
            Thread.onSpinWait();
        }
        go.countDown();
        closing.join();
        assertThat(sink.taken).hasSize(1);
    }

    @Test
    void aSinkThatHangsAsItIsAskedForTheLastTimeLetsTheProcessEnd() {
        Gates gates = open(r -> {});
        CountDownLatch hang = new CountDownLatch(1);
        ModelGate<String, String> gate = gate(gates, input -> input);
        sink.hang = hang;
        gate.call("hi", CALLER);
        try {
            assertTimeoutPreemptively(Duration.ofSeconds(30), gates::close);
        } finally {
            hang.countDown();
        }
    }

    @Test
    void aBoundOutOfRangeIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new DecisionRecordsBuilder(sink).waiting(511))
                .withMessage("waiting is 511: expected 512 to 1048576");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new DecisionRecordsBuilder(sink).only("no such name"))
                .withMessageContaining("only is \"no such name\"");
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
