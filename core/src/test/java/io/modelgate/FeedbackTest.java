package io.modelgate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.modelgate.FeedbackStats.Joined;
import io.modelgate.control.FileControlLog;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FeedbackTest {

    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final Caller ALICE = Caller.of("s-alice");
    private static final Caller CAROL = Caller.of("c-carol");

    @TempDir
    Path directory;

    private final HandDrivenTime time = new HandDrivenTime();
    private final List<Gates> opened = new ArrayList<>();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final LabelledRouter router = new LabelledRouter();
    private final ModelGate<String, String> gate = gate(open(g -> g.meters(meters)), g -> g.label("defaulted", 0, 1));

    /** Callers whose key begins with "c" go to v2, in rollout 77, at a place that is the length of their key. */
    private static final class LabelledRouter implements Router, Watch {
        final List<String> heard = new CopyOnWriteArrayList<>();
        volatile long rollout = 77;
        volatile boolean far;

        @Override
        public java.util.Set<String> entryTypes() {
            return java.util.Set.of();
        }

        @Override
        public Routing initial(String gate, Identities identities) {
            LabelledRouter router = this;
            return new Routing() {
                @Override
                public String candidate() {
                    return "v2";
                }

                @Override
                public boolean toCandidate(Caller caller) {
                    return caller.key().orElse("").startsWith("c");
                }

                @Override
                public Watch watch() {
                    return router;
                }

                @Override
                public Routing apply(io.modelgate.control.Entry entry) {
                    return this;
                }
            };
        }

        @Override
        public long place(Caller caller) {
            return caller.key().orElse("").length();
        }

        @Override
        public void answered(long place, long nanos, Object answer) {}

        @Override
        public void missed(long place, Cause cause) {}

        @Override
        public long rollout() {
            return rollout;
        }

        @Override
        public long carried(long place) {
            return (far ? 1L << 32 : 0) + 100 + place;
        }

        @Override
        public void labelled(long place, int label, double scaled) {
            heard.add(place + " " + label + " " + scaled);
        }
    }

    private Gates open(Consumer<GatesBuilder> more) {
        Gates gates = Gates.open(g -> {
            g.ticker(time)
                    .instants(() -> START.plusNanos(time.read()))
                    .executor(Runnable::run)
                    .ladderExecutor(Runnable::run);
            more.accept(g);
        });
        opened.add(gates);
        return gates;
    }

    private ModelGate<String, String> gate(Gates gates, Consumer<GateBuilder<String, String>> more) {
        return gates.gate("credit", g -> {
            g.stable("v1", input -> {
                if (input.equals("fail")) {
                    throw new IllegalStateException("no");
                }
                return input;
            });
            g.version("v2", input -> {
                if (input.startsWith("fail")) {
                    throw new IllegalStateException("no");
                }
                return input;
            });
            g.router(router);
            more.accept(g);
        });
    }

    @AfterEach
    void close() {
        opened.forEach(Gates::close);
    }

    @Test
    void anIdIsShort() {
        assertThat(ask(CAROL))
                .hasSize(48)
                .matches("[A-Za-z0-9_-]+"); // a million of them are on the list of who was reached
        assertThat(ask(gate, "fail", ALICE)).hasSize(30);
    }

    private String ask(Caller caller) {
        return ask(gate, "hi", caller);
    }

    private static String ask(ModelGate<String, String> gate, String input, Caller caller) {
        return gate.decide(input, caller).id().orElseThrow().text();
    }

    @Test
    void aLabelJoinsTheVersionThatAnsweredInAnyOrderAndOnce() {
        String alice = ask(ALICE);
        String carol = ask(CAROL);
        String again = ask(CAROL);
        time.advance(Duration.ofDays(21));

        assertThat(gate.feedback(again, 0)).isEqualTo(Feedback.JOINED);
        assertThat(gate.feedback(alice, 1)).isEqualTo(Feedback.JOINED);
        assertThat(gate.feedback(carol, "defaulted", 1)).isEqualTo(Feedback.JOINED);
        assertThat(gate.feedback(carol, 0)).isEqualTo(Feedback.ALREADY_KNOWN);

        FeedbackStats stats = gate.feedbackStats();
        assertThat(stats.of("defaulted", "v1")).isEqualTo(new Joined(1, 1));
        assertThat(stats.of("defaulted", "v2")).isEqualTo(new Joined(2, 1));
        assertThat(stats.of("defaulted", "v2").mean()).hasValue(0.5);
        assertThat(stats.of("defaulted", "v3").mean()).isEmpty();
        assertThat(stats.came()).containsEntry(Feedback.JOINED, 3L).containsEntry(Feedback.ALREADY_KNOWN, 1L);
    }

    @Test
    void theRolloutHearsOfItsOwnLabelsAtTheirPlace() {
        String alice = ask(ALICE);
        String carol = ask(CAROL);
        gate.feedback(carol, 1);
        gate.feedback(alice, 0);
        assertThat(router.heard).containsExactly("107 0 1.0", "107 0 0.0");

        String late = ask(CAROL);
        router.rollout = 78;
        assertThat(gate.feedback(late, 1)).isEqualTo(Feedback.JOINED);
        assertThat(router.heard).hasSize(2);
        assertThat(gate.feedbackStats().of("defaulted", "v2").count()).isEqualTo(2);
    }

    @Test
    void whatStableAnsweredInTheCandidatesSteadJoinsStableAndNoRollout() {
        String id = ask(gate, "fail on v2", CAROL);
        assertThat(gate.feedback(id, 1)).isEqualTo(Feedback.JOINED);
        assertThat(gate.feedbackStats().of("defaulted", "v1").count()).isEqualTo(1);
        assertThat(router.heard).isEmpty();
    }

    @Test
    void whatNoVersionAnsweredJoinsNone() {
        assertThat(gate.feedback(ask(gate, "fail", ALICE), 1)).isEqualTo(Feedback.JOINED);
        assertThat(gate.feedbackStats().of("defaulted", "none").count()).isEqualTo(1);
    }

    @Test
    void everyWayToGetAnOutcomeGivesItsId() throws Exception {
        List<String> ids = new ArrayList<>();
        ids.add(gate.decideAsync("hi", CAROL).get().id().orElseThrow().text());
        try (Permit<String, String> permit = gate.enter("hi", CAROL)) {
            assertThat(permit.id()).isEmpty();
            permit.success("done");
            ids.add(permit.id().orElseThrow().text());
        }
        gate.onServed(call -> ids.add(call.id().text()));
        gate.call("hi", CAROL);
        gate.callAsync("hi", CAROL).get();
        gate.gates().flushServed();

        assertThat(ids)
                .hasSize(4)
                .allSatisfy(id -> assertThat(gate.feedback(id, 1)).isEqualTo(Feedback.JOINED));
        assertThat(gate.feedbackStats().of("defaulted", "v2").count()).isEqualTo(4);
        assertThat(router.heard).containsExactlyElementsOf(Collections.nCopies(4, "107 0 1.0"));
    }

    @Test
    void aPermitThatFallsBackHasTheIdOfThatOutcome() {
        try (Permit<String, String> permit = gate.enter("hi", CAROL)) {
            permit.failure(new IllegalStateException("no"));
            Outcome<String> outcome = permit.fallBack("hi");
            assertThat(permit.id()).isEqualTo(outcome.id()).isPresent();
        }
    }

    @Test
    void aKilledCallHasAnIdToo() {
        gate.kill(Actor.of("alice"), "wrong");
        assertThat(gate.feedback(ask(ALICE), 1)).isEqualTo(Feedback.JOINED);
    }

    @Test
    void anotherProcessOnTheLogTakesItAfterARestart() {
        Path log = directory.resolve("control.log");
        Path ids = directory.resolve("feedback.ids");
        Gates first = open(g -> g.controlLog(FileControlLog.open(log)).feedbackIds(FeedbackIds.inFile(ids)));
        ModelGate<String, String> served = gate(first, g -> g.label("defaulted", 0, 1));
        String one = ask(served, "hi", CAROL);
        String two = ask(served, "hi", CAROL);
        assertThat(served.feedback(one, 1)).isEqualTo(Feedback.JOINED);
        first.close();

        Gates second = open(g -> g.controlLog(FileControlLog.open(log)).feedbackIds(FeedbackIds.inFile(ids)));
        ModelGate<String, String> taking = gate(second, g -> g.label("defaulted", 0, 1));
        assertThat(taking.feedback(one, 1)).isEqualTo(Feedback.ALREADY_KNOWN);
        assertThat(taking.feedback(two, 1)).isEqualTo(Feedback.JOINED);
        assertThat(taking.feedbackStats().of("defaulted", "v2")).isEqualTo(new Joined(1, 1));
        assertThat(router.heard).hasSize(2);
    }

    @Test
    void aProcessWithoutTheCandidateCountsLabelsAsAnyOther() {
        Path log = directory.resolve("control.log");
        Gates serving = open(g -> g.controlLog(FileControlLog.open(log)));
        String id = ask(gate(serving, g -> g.label("defaulted", 0, 1)), "hi", CAROL);
        serving.close();

        Gates batch = open(g -> g.controlLog(FileControlLog.open(log)));
        ModelGate<String, String> lacking = batch.gate(
                "credit", g -> g.stable("v1", input -> input).router(router).label("defaulted", 0, 1));
        assertThat(lacking.feedback(id, 1)).isEqualTo(Feedback.JOINED);
        assertThat(router.heard).containsExactly("107 0 1.0");
    }

    @Test
    void anIdDoesNotShowWhereItsCallerStands() {
        int places = Long.BYTES + Integer.BYTES;
        int ids = 64;
        byte[][] seen = new byte[ids][];
        for (int i = 0; i < ids; i++) {
            byte[] id = Base64.getUrlDecoder().decode(ask(CAROL));
            seen[i] = Arrays.copyOfRange(id, 13, 13 + places);
        }
        for (int at = 0; at < places; at++) {
            int place = at;
            assertThat(Arrays.stream(seen).map(each -> each[place]).distinct())
                    .as("values of byte %s of one caller's place", at)
                    .hasSizeGreaterThan(ids / 2);
        }
        assertThat(gate.feedback(ask(CAROL), 1)).isEqualTo(Feedback.JOINED);
        assertThat(router.heard).containsExactly("107 0 1.0");
    }

    @Test
    void withAnotherSecretThePlaceOfAnIdCannotBeRead() {
        String text = ask(CAROL);
        OutcomeIds own = new OutcomeIds("credit", gate.gates().identities(), time, () -> START);
        OutcomeIds after = new OutcomeIds("credit", new Identities(new byte[32]), time, () -> START);
        assertThat(own.read(text))
                .isNotNull()
                .extracting(OutcomeIds.Read::place)
                .isEqualTo(107L);
        assertThat(after.read(text)).isNull();
    }

    @Test
    void whatIsNotOneOfItsIdsIsUnknownAndNoError() {
        String id = ask(CAROL);
        ModelGate<String, String> elsewhere = gate(open(g -> {}), g -> g.label("defaulted", 0, 1));
        ModelGate<String, String> other =
                gate.gates().gate("chat", g -> g.stable("v1", input -> input).label("defaulted", 0, 1));
        List<String> hostile = new ArrayList<>(List.of(
                "",
                " ",
                "%%%",
                "AAAA",
                id.substring(1),
                id.substring(0, id.length() - 1),
                id + "A",
                id + id,
                "A".repeat(100),
                "ä".repeat(100),
                ask(elsewhere, "hi", CAROL),
                ask(other, "hi", CAROL)));
        byte[] bytes = Base64.getUrlDecoder().decode(id);
        for (int bit = 0; bit < bytes.length * Byte.SIZE; bit++) {
            byte[] forged = bytes.clone();
            forged[bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);
            hostile.add(Base64.getUrlEncoder().withoutPadding().encodeToString(forged));
        }

        assertThat(hostile)
                .allSatisfy(each -> assertThat(gate.feedback(each, 1)).isEqualTo(Feedback.UNKNOWN));
        assertThat(gate.feedback("x".repeat(50_000_000), 1)).isEqualTo(Feedback.UNKNOWN);
        assertThat(gate.feedbackStats().came()).isEqualTo(java.util.Map.of(Feedback.UNKNOWN, hostile.size() + 1L));
        assertThat(gate.feedback(id, 1)).isEqualTo(Feedback.JOINED);
    }

    @Test
    void anIdWrittenAnotherWayIsTheSameId() {
        String id = ask(gate, "fail", ALICE);
        assertThat(gate.feedback(id, 1)).isEqualTo(Feedback.JOINED);
        byte[] bytes = Base64.getUrlDecoder().decode(id);
        assertThat(gate.feedback(Base64.getUrlEncoder().encodeToString(bytes), 1))
                .isEqualTo(Feedback.ALREADY_KNOWN);
    }

    @Test
    void anIdIsTakenForAsLongAsIsSaid() {
        Gates gates = open(g -> g.feedbackWithin(Duration.ofDays(7)));
        ModelGate<String, String> week = gate(gates, g -> g.label("defaulted", 0, 1, Duration.ofDays(2)));
        String one = ask(week, "hi", CAROL);
        String two = ask(week, "hi", CAROL);
        time.advance(Duration.ofHours(47));
        assertThat(week.feedback(one, 1)).isEqualTo(Feedback.TOO_EARLY);
        time.advance(Duration.ofHours(2));
        assertThat(week.feedback(one, 1)).isEqualTo(Feedback.JOINED);
        time.advance(Duration.ofDays(5));
        assertThat(week.feedback(two, 1)).isEqualTo(Feedback.EXPIRED);
        assertThat(week.feedbackStats().of("defaulted", "v2").count()).isEqualTo(1);
    }

    @Test
    void anIdFromTheFutureIsUnknownUnlessClocksDifferALittle() {
        Path log = directory.resolve("control.log");
        List<Feedback> results = new ArrayList<>();
        for (Duration ahead : List.of(Duration.ofMinutes(59), Duration.ofMinutes(61))) {
            Gates fast = open(g -> g.controlLog(FileControlLog.open(log))
                    .instants(() -> START.plus(ahead).plusNanos(time.read())));
            String id = ask(gate(fast, g -> g.label("defaulted", 0, 1)), "hi", CAROL);
            fast.close();
            Gates gates = open(g -> g.controlLog(FileControlLog.open(log)));
            results.add(gate(gates, g -> g.label("defaulted", 0, 1)).feedback(id, 1));
            gates.close();
        }
        assertThat(results).containsExactly(Feedback.JOINED, Feedback.UNKNOWN);
    }

    @Test
    void aValueOutOfRangeAndAnUnknownLabelAreErrors() {
        String id = ask(CAROL);
        for (double wrong : new double[] {-0.1, 1.1, Double.NaN, Double.POSITIVE_INFINITY}) {
            assertThatThrownBy(() -> gate.feedback(id, wrong))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("label \"defaulted\" is given as " + wrong + ": expected 0.0 to 1.0");
        }
        assertThatThrownBy(() -> gate.feedback(id, "paid", 1))
                .hasMessage("label \"paid\" of gate \"credit\" is unknown; it has [defaulted]");
        ModelGate<String, String> two =
                gate(open(g -> {}), g -> g.label("a", 0, 1).label("b", 0, 1));
        assertThatThrownBy(() -> two.feedback(id, 1)).hasMessageContaining("has the labels [a, b]: say which one");
        ModelGate<String, String> none = gate(open(g -> {}), g -> {});
        assertThatThrownBy(() -> none.feedback(id, 1)).hasMessageContaining("add label(name, least, most)");
        assertThat(gate.feedback(id, 1)).isEqualTo(Feedback.JOINED);
    }

    @Test
    void wrongLabelsAreRefusedWhenTheGateIsBuilt() {
        Gates gates = open(g -> g.feedbackWithin(Duration.ofDays(1)));
        assertThatThrownBy(() ->
                        gate(gates, g -> g.metric("a", 0, 1, String::length).label("a", 0, 1)))
                .hasMessageContaining("label \"a\" was given before");
        assertThatThrownBy(() -> gate(gates, g -> g.label("a", 0, 1).metric("a", 0, 1, String::length)))
                .hasMessageContaining("metric \"a\" was given before");
        assertThatThrownBy(() -> gate(gates, g -> g.label("a", 1, 1))).hasMessageContaining("ranges from 1.0 to 1.0");
        assertThatThrownBy(() -> gate(gates, g -> g.label("a", 0, 1, Duration.ofDays(1))))
                .hasMessageContaining("make that longer");
        assertThatThrownBy(() -> gate(gates, g -> {
                    for (int i = 0; i <= 20; i++) {
                        g.label("l" + i, 0, 1);
                    }
                }))
                .hasMessageContaining("label \"l20\" is one too many: expected 20 at most");
        assertThatThrownBy(() -> open(g -> g.feedbackWithin(Duration.ofSeconds(59))))
                .hasMessageContaining("feedbackWithin is PT59S");
    }

    @Test
    void eachLabelOfAnOutcomeIsTakenOnce() {
        ModelGate<String, String> two =
                gate(open(g -> {}), g -> g.label("taken", 0, 1).label("amount", 0, 200));
        String id = ask(two, "hi", CAROL);
        assertThat(two.feedback(id, "amount", 50)).isEqualTo(Feedback.JOINED);
        assertThat(two.feedback(id, "taken", 1)).isEqualTo(Feedback.JOINED);
        assertThat(two.feedback(id, "amount", 60)).isEqualTo(Feedback.ALREADY_KNOWN);
        assertThat(router.heard).containsExactly("107 1 0.25", "107 0 1.0");
    }

    @Test
    void aThousandWhoGiveItAtOnceAreOne() throws Exception {
        String id = ask(CAROL);
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            CountDownLatch go = new CountDownLatch(1);
            List<Future<Feedback>> given = new ArrayList<>();
            for (int i = 0; i < 1_000; i++) {
                Callable<Feedback> one = () -> {
                    go.await();
                    return gate.feedback(id, 1);
                };
                given.add(threads.submit(one));
            }
            go.countDown();
            int joined = 0;
            for (Future<Feedback> each : given) {
                joined += each.get() == Feedback.JOINED ? 1 : 0;
            }
            assertThat(joined).isEqualTo(1);
        } finally {
            threads.shutdownNow();
        }
        assertThat(gate.feedbackStats().of("defaulted", "v2")).isEqualTo(new Joined(1, 1));
        assertThat(router.heard).hasSize(1);
    }

    @Test
    void whatCannotBeAskedIsSaidAndMayBeGivenAgain() {
        class Flaky implements FeedbackIds {
            final java.util.Set<String> known = ConcurrentHashMap.newKeySet();
            boolean down = true;
            boolean closed;

            @Override
            public boolean first(String id, Instant now, Instant expires) {
                if (down) {
                    throw new IllegalStateException("no route");
                }
                return known.add(id);
            }

            @Override
            public void close() {
                closed = true;
            }
        }
        Flaky flaky = new Flaky();
        Gates gates = open(g -> g.feedbackIds(flaky));
        ModelGate<String, String> far = gate(gates, g -> g.label("defaulted", 0, 1));
        String id = ask(far, "hi", CAROL);

        assertThatThrownBy(() -> far.feedback(id, 1))
                .isInstanceOf(FeedbackException.class)
                .hasMessageContaining("no route")
                .hasMessageContaining("to give it again is safe");
        assertThat(far.feedbackStats().came()).containsEntry(Feedback.UNAVAILABLE, 1L);
        assertThat(far.feedbackStats().joined()).isEmpty();
        flaky.down = false;
        assertThat(far.feedback(id, 1)).isEqualTo(Feedback.JOINED);
        assertThat(flaky.known).allMatch(known -> known.matches("[A-Za-z0-9_-]{22}"));

        gates.close();
        assertThat(flaky.closed).isTrue();
        assertThatThrownBy(() -> far.feedback(id, 1)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void metersSayWhatCameAndWhatItSumsUpTo() {
        gate.feedback(ask(CAROL), 1);
        gate.feedback(ask(CAROL), 0.5);
        gate.feedback("forged", 1);

        assertThat(meters.get("modelgate.feedback")
                        .tags("gate", "credit", "version", "v2", "label", "defaulted", "result", "joined")
                        .functionCounter()
                        .count())
                .isEqualTo(2);
        assertThat(meters.get("modelgate.feedback.sum")
                        .tags("gate", "credit", "version", "v2", "label", "defaulted")
                        .gauge()
                        .value())
                .isEqualTo(1.5);
        assertThat(meters.get("modelgate.feedback")
                        .tags("version", "none", "result", "unknown")
                        .functionCounter()
                        .count())
                .isEqualTo(1);
        gate.gates().close();
        assertThat(meters.find("modelgate.feedback").functionCounters()).isEmpty();
    }

    @Test
    void anIdIsBoundedStaysTheSameAndHoldsNoKey() {
        String longest = "v".repeat(100);
        ModelGate<String, String> gate = open(g -> {})
                .gate(
                        "g".repeat(100),
                        g -> g.stable(longest, input -> input)
                                .version("v2", input -> input)
                                .router(router)
                                .label("l", 0, 1));
        router.far = true;
        OutcomeId id = gate.decide("hi", ALICE).id().orElseThrow();
        String text = id.text();
        time.advance(Duration.ofHours(1));
        assertThat(id.text()).isEqualTo(text).hasSize(OutcomeId.MOST_CHARACTERS);
        assertThat(new String(Base64.getUrlDecoder().decode(text), java.nio.charset.StandardCharsets.ISO_8859_1))
                .contains(longest)
                .doesNotContain("alice");
        assertThat(gate.feedback(text, 1)).isEqualTo(Feedback.JOINED);
        assertThat(router.heard).containsExactly(((1L << 32) + 107) + " 0 1.0");
    }
}
