package io.modelgate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.modelgate.control.ControlLog.Subscription;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ServedCallTest {

    private final HandDrivenTime time = new HandDrivenTime();
    private final Gates gates = Gates.open(g -> g.ticker(time)
            .instants(() -> Instant.EPOCH.plusNanos(time.read()))
            .traceIds(() -> "trace-7")
            .executor(Runnable::run)
            .ladderExecutor(Runnable::run));
    private final List<ServedCall<String, String>> heard = new CopyOnWriteArrayList<>();

    @AfterEach
    void close() {
        gates.close();
    }

    private ModelGate<String, String> listened(Model<String, String> model) {
        ModelGate<String, String> gate = gates.gate("chat", g -> g.stable("v1", model));
        gate.onServed(heard::add);
        return gate;
    }

    private List<ServedCall<String, String>> heard() {
        gates.flushServed();
        return heard;
    }

    @Test
    void anAnswerIsHeardOfWithWhatWasAskedByWhomAndWhen() {
        ModelGate<String, String> gate = listened(input -> {
            time.advance(Duration.ofMillis(30));
            return "re: " + input;
        });

        Outcome<String> outcome = gate.decide("hi", Caller.of("user-42"));
        time.advance(Duration.ofSeconds(5));

        assertThat(heard()).singleElement().satisfies(call -> {
            assertThat(call.gate()).isEqualTo("chat");
            assertThat(call.input()).contains("hi");
            assertThat(call.caller().key()).contains("user-42");
            assertThat(call.outcome()).isEqualTo(outcome);
            assertThat(call.id()).isEqualTo(outcome.id().orElseThrow());
            assertThat(call.took()).isEqualTo(Duration.ofMillis(30));
            assertThat(call.at()).isEqualTo(Instant.EPOCH);
            assertThat(call.traceId()).isEqualTo("trace-7");
        });
    }

    @Test
    void whatFellBackTookUntilItsFallbackAnswered() {
        ModelGate<String, String> gate = gates.gate(
                "chat",
                g -> g.stable("v1", input -> {
                            time.advance(Duration.ofMillis(50));
                            return "one";
                        })
                        .version("v2", input -> {
                            time.advance(Duration.ofMillis(30));
                            return "bad";
                        })
                        .accept(answer -> answer.equals("bad") ? Verdict.INVALID : Verdict.ACCEPT)
                        .router(new WeightRouter()));
        gate.onServed(heard::add);
        gates.append(gates.decision(
                        "canary", WeightRouter.CANARY, "chat", Actor.of("alice"), "", Map.of("version", "v2")))
                .stored(Duration.ofSeconds(5));
        assertThat(gate.call("hi", Caller.of("c-42"))).isEqualTo("one");

        assertThat(heard())
                .singleElement()
                .satisfies(call -> assertThat(call.took()).isEqualTo(Duration.ofMillis(80)));
    }

    @Test
    void everyWayToCallIsHeardOfOnce() throws Exception {
        ModelGate<String, String> gate = listened(input -> input);
        gate.call("call", Caller.anonymous());
        gate.decide("decide", Caller.anonymous());
        gate.callAsync("callAsync", Caller.anonymous()).get();
        Outcome<String> async =
                gate.decideAsync("decideAsync", Caller.anonymous()).get();
        try (Permit<String, String> permit = gate.enter("permit", Caller.anonymous())) {
            permit.success("done");
        }

        assertThat(heard())
                .extracting(call -> call.input().orElse("-"))
                .containsExactly("call", "decide", "callAsync", "decideAsync", "permit");
        assertThat(heard.get(3).id()).isEqualTo(async.id().orElseThrow());
        assertThat(heard).extracting(ServedCall::id).doesNotHaveDuplicates();
    }

    @Test
    void aKilledCallAndAFailedPermitAreHeardOf() {
        ModelGate<String, String> gate = listened(input -> input);
        try (Permit<String, String> permit = gate.enter(Caller.anonymous())) {
            permit.failure(new IllegalStateException("no"));
        }
        gate.kill(Actor.of("alice"), "wrong");
        gate.decide("hi", Caller.anonymous());

        assertThat(heard()).hasSize(2);
        assertThat(heard.get(0).input()).isEmpty();
        assertThat(heard.get(0).outcome().cause()).contains(Cause.ERROR);
        assertThat(heard.get(1).outcome().cause()).contains(Cause.KILLED);
        assertThat(heard.get(1).took()).isZero();
    }

    @Test
    void anErrorAndACallerWhoGivesUpAreHeardOf() {
        ModelGate<String, String> gate = listened(input -> {
            throw new AssertionError("broken");
        });
        assertThatThrownBy(() -> gate.call("hi", Caller.anonymous())).isInstanceOf(AssertionError.class);
        ModelGate<String, String> slow =
                gates.gate("slow", g -> g.asyncStable("v1", (input, call) -> new CompletableFuture<>()));
        slow.onServed(heard::add);
        slow.callAsync("hi", Caller.anonymous()).cancel(true);

        assertThat(heard())
                .extracting(call -> call.outcome().cause().orElseThrow())
                .containsExactly(Cause.ERROR, Cause.CUT);
    }

    @Test
    void whereNobodyListensOutcomesHaveNoId() {
        ModelGate<String, String> gate = gates.gate("chat", g -> g.stable("v1", input -> input));
        assertThat(gate.decide("hi", Caller.anonymous()).id()).isEmpty();

        Subscription subscription = gates.onServed(call -> {});
        assertThat(gate.decide("hi", Caller.anonymous()).id()).isPresent();

        subscription.close();
        assertThat(gate.decide("hi", Caller.anonymous()).id()).isEmpty();
    }

    @Test
    void aCallIsOfTheTraceInWhichItBeganWhereverItEnds() throws Exception {
        String[] trace = {"begun"};
        CompletableFuture<String> answer = new CompletableFuture<>();
        try (Gates traced = Gates.open(g -> g.traceIds(() -> trace[0]))) {
            ModelGate<String, String> async = traced.gate("async", g -> g.asyncStable("v1", (input, call) -> answer));
            ModelGate<String, String> batch = traced.gate("batch", g -> g.stable("v1", input -> input));
            traced.onServed(call -> heard.add(new ServedCall<>(
                    call.id(),
                    call.gate(),
                    call.at(),
                    call.took(),
                    null,
                    call.caller(),
                    new Outcome.Answered<>("", "v1"),
                    call.traceId())));
            CompletableFuture<String> result = async.callAsync("hi", Caller.anonymous());
            Permit<String, String> permit = batch.enter(Caller.anonymous());
            trace[0] = "another";
            answer.complete("yes");
            result.get();
            permit.success("yes");
            traced.flushServed();
        }
        assertThat(heard).extracting(ServedCall::traceId).containsExactly("begun", "begun");
    }

    @Test
    void whoListensWhileRollingHearsFromTheFirstCallOfARolloutAndCostsNothingWithoutOne() {
        ModelGate<String, String> gate = gates.gate(
                "chat",
                g -> g.stable("v1", input -> input)
                        .version("v2", input -> input)
                        .router(new WeightRouter()));
        List<ServedCall<?, ?>> rolling = new CopyOnWriteArrayList<>();
        gates.onServedWhileRolling(rolling::add);
        assertThat(gate.decide("hi", Caller.of("a")).id()).isEmpty();

        assertThat(gates.append(gates.decision(
                                "c-1", WeightRouter.CANARY, "chat", Actor.of("alice"), "", Map.of("version", "v2")))
                        .stored(Duration.ofSeconds(5)))
                .isTrue();
        assertThat(gate.decide("hi", Caller.of("a")).id()).isPresent();
        gates.flushServed();
        assertThat(rolling).hasSize(1);
    }

    /** A ledger of who was reached has to know of it. */
    @Test
    void whoListensWhileRollingHearsOfACallThatEndsAfterTheRollout() {
        CompletableFuture<String> answer = new CompletableFuture<>();
        ModelGate<String, String> gate = gates.gate(
                "chat",
                g -> g.stable("v1", input -> input)
                        .asyncVersion("v2", (input, call) -> answer, v -> {})
                        .router(new WeightRouter()));
        List<ServedCall<?, ?>> rolling = new CopyOnWriteArrayList<>();
        gates.onServedWhileRolling(rolling::add);
        stored(WeightRouter.CANARY, "v2");
        CompletableFuture<String> called = gate.callAsync("hi", Caller.of("c"));
        stored(EntryTypes.PROMOTE, "v1");

        answer.complete("late");
        assertThat(called.join()).isEqualTo("late");
        gates.flushServed();
        assertThat(rolling)
                .singleElement()
                .extracting(call -> call.outcome().routed())
                .isEqualTo(Optional.of("v2"));
    }

    private void stored(String type, String version) {
        assertThat(gates.append(gates.decision(
                                UUID.randomUUID().toString(),
                                type,
                                "chat",
                                Actor.of("alice"),
                                "",
                                Map.of("version", version)))
                        .stored(Duration.ofSeconds(5)))
                .isTrue();
    }

    @Test
    void aFlushEndsThoughCallsNeverDo() {
        ModelGate<String, String> gate = gates.gate("chat", g -> g.stable("v1", input -> input));
        try (Subscription endless = gate.onServed(call -> {
            heard.add(call);
            gate.call("again", Caller.anonymous());
        })) {
            assertThat(endless).isNotNull();
            gate.call("first", Caller.anonymous());

            assertTimeoutPreemptively(Duration.ofSeconds(30), () -> gates.flushServed());
            assertThat(heard).isNotEmpty();
        }
    }

    /** Its thread may lose the processor between the two. */
    @Test
    void aFlushIsNotOverWhileACallHasAPlaceAndIsNotThereYet() throws Exception {
        ModelGate<String, String> gate = listened(input -> input);
        OfferQueue<EndedCall<?, ?>> ring = gates.served().queue.ownRing();
        long place = ring.claim();
        gate.call("behind it", Caller.anonymous());

        assertThat(gates.flushServed(Duration.ofMillis(50))).isFalse();
        CompletableFuture<Boolean> patient = new CompletableFuture<>();
        Thread flushing = new Thread(gates::flushServed);
        Thread waiting = new Thread(() -> patient.complete(gates.flushServed(Duration.ofMinutes(1))));
        flushing.start();
        waiting.start();
        while (flushing.getState() == Thread.State.RUNNABLE || waiting.getState() == Thread.State.RUNNABLE) {
            Thread.onSpinWait();
        }
        assertThat(flushing.isAlive()).isTrue();
        assertThat(patient).isNotDone();
        assertThat(heard).isEmpty();

        EndedCall<String, String> late = new EndedCall<>(gate, "late", Caller.anonymous(), time.read());
        late.answered("v1", "late", Duration.ZERO, null);
        late.ended(time);
        ring.fill(place, late);
        flushing.join();
        assertThat(patient.get()).isTrue();
        assertThat(heard).extracting(call -> call.input().orElse("-")).containsExactly("late", "behind it");
    }

    @Test
    void whatFindsNoRoomIsCountedAndKeepsNobodyWaiting() throws Exception {
        ModelGate<String, String> gate = gates.gate("chat", g -> g.stable("v1", input -> input));
        CountDownLatch busy = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        gate.onServed(call -> {
            busy.countDown();
            try {
                go.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        gate.call("first", Caller.anonymous());
        busy.await();
        for (int i = 0; i < ServedCalls.CAPACITY + 3; i++) {
            gate.call("hi", Caller.anonymous());
        }

        assertThat(gates.servedDropped()).isEqualTo(3);
        assertThat(gates.servedWaiting())
                .as("with the first, which the listener has")
                .isEqualTo(ServedCalls.CAPACITY + 1);
        go.countDown();
        gates.flushServed();
        assertThat(gates.servedWaiting()).isZero();
    }

    @Test
    void aCallOnItsWayToAListenerIsAlwaysCounted() {
        ModelGate<String, String> gate = gates.gate("chat", g -> g.stable("v1", input -> input));
        AtomicInteger reached = new AtomicInteger();
        Semaphore counted = new Semaphore(0);
        gate.onServed(call -> {
            reached.incrementAndGet();
            counted.acquireUninterruptibly();
        });
        for (int calls = 1; calls <= 200; calls++) {
            gate.call("hi", Caller.anonymous());
            int least = 1;
            while (reached.get() < calls) {
                least = Math.min(least, gates.servedWaiting());
            }
            counted.release();
            assertThat(least).as("call %d", calls).isPositive();
        }
    }

    @Test
    void aListenerThatThrowsKeepsNobodyElseFromHearing() {
        ModelGate<String, String> gate = gates.gate("chat", g -> g.stable("v1", input -> input));
        gate.onServed(call -> {
            throw new IllegalStateException("broken");
        });
        gate.onServed(heard::add);

        gate.call("hi", Caller.anonymous());

        assertThat(heard()).hasSize(1);
    }

    @Test
    void aClockThatThrowsOnceLosesOneCallAndCountsIt() {
        AtomicInteger throwing = new AtomicInteger();
        try (Gates made = Gates.open(g -> g.instants(() -> {
            if (Thread.currentThread().getName().startsWith("modelgate-served") && throwing.getAndDecrement() > 0) {
                throw new IllegalStateException("no time");
            }
            return Instant.EPOCH;
        }))) {
            ModelGate<String, String> gate = made.gate("chat", g -> g.stable("v1", input -> input));
            gate.onServed(heard::add);
            throwing.set(1);
            gate.call("lost", Caller.anonymous());
            assertTimeoutPreemptively(Duration.ofSeconds(30), () -> {
                while (made.servedDropped() == 0) {
                    Thread.onSpinWait();
                }
                gate.call("heard", Caller.anonymous());
                while (heard.isEmpty()) { // by the thread that had met the throw
                    Thread.onSpinWait();
                }
            });
            assertThat(made.servedDropped()).isEqualTo(1);
        }
    }

    @Test
    void aListenerThatHangsHoldsUpNoFlushThatIsBoundedAndNoClose() throws Exception {
        CountDownLatch hang = new CountDownLatch(1);
        CountDownLatch reached = new CountDownLatch(1);
        Gates made = Gates.open(g -> {});
        ModelGate<String, String> gate = made.gate("chat", g -> g.stable("v1", input -> input));
        gate.onServed(call -> {
            reached.countDown();
            try {
                hang.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        try {
            gate.call("one", Caller.anonymous());
            reached.await();
            gate.call("two", Caller.anonymous());
            assertThat(made.flushServed(Duration.ofMillis(50))).isFalse();
            assertTimeoutPreemptively(Duration.ofSeconds(30), made::close);
            assertThat(made.servedDropped()).isEqualTo(1);
        } finally {
            hang.countDown();
        }
    }

    @Test
    void aListenerThatClosesTheGatesIsNotSaidToHang() {
        Gates made = Gates.open(g -> {});
        ModelGate<String, String> gate = made.gate("chat", g -> g.stable("v1", input -> input));
        CompletableFuture<Boolean> closed = new CompletableFuture<>();
        gate.onServed(call -> {
            made.close();
            closed.complete(made.closed());
        });
        PrintStream before = System.err;
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        System.setErr(new PrintStream(said, true, StandardCharsets.UTF_8));
        try {
            gate.call("hi", Caller.anonymous());
            assertThat(closed.join()).isTrue();
        } finally {
            System.setErr(before);
        }
        assertThat(said.toString(StandardCharsets.UTF_8)).doesNotContain("hangs");
    }
}
