package io.modelgate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a guarded object does, sentence by sentence. */
class GuardTest {

    private static final Actor ALICE = Actor.of("alice");
    private static final Duration SOON = Duration.ofSeconds(10);

    private final Gates gates = Gates.open(g -> {});

    @AfterEach
    void close() {
        gates.close();
    }

    enum Region {
        EU,
        US
    }

    interface Credit {
        @Gated(value = "credit-risk", fallback = "byLength")
        String decide(String applicant, @CallerKey String user);

        @Gated("score")
        double score(int income);

        @Gated("limit")
        Optional<Long> limit(String applicant);

        @Gated(value = "offer", fallback = "noOffer")
        Optional<String> offer(String applicant);

        String describe(String what) throws IOException;

        default String byLength(String applicant, String user, Cause cause) {
            return cause + ":" + describeQuietly(applicant);
        }

        static Optional<String> noOffer(String applicant) {
            return Optional.of("none for " + applicant);
        }

        default String describeQuietly(String what) {
            try {
                return describe(what);
            } catch (IOException e) {
                return "?";
            }
        }

        default String twice(String applicant, String user) {
            return decide(applicant, user) + decide(applicant, user);
        }
    }

    @Version("v1")
    static class First implements Credit {
        final AtomicReference<Throwable> fault = new AtomicReference<>();
        final List<String> users = new ArrayList<>();

        @Override
        public String decide(String applicant, String user) {
            users.add(user);
            Throwable thrown = fault.get();
            if (thrown != null) {
                throw GuardVersion.<RuntimeException>asItIs(thrown);
            }
            return "v1";
        }

        @Override
        public double score(int income) {
            return income / 2.0;
        }

        @Override
        public Optional<Long> limit(String applicant) {
            return applicant.isEmpty() ? Optional.empty() : Optional.of(1L);
        }

        @Override
        public Optional<String> offer(String applicant) {
            return Optional.empty();
        }

        @Override
        public String describe(String what) throws IOException {
            if (what.isEmpty()) {
                throw new IOException("nothing to describe");
            }
            return what + " by v1";
        }
    }

    @Version(value = "v2", backend = "gpu-a", digest = "abc")
    static final class Second extends First {
        @Override
        public String decide(String applicant, String user) {
            return "v2";
        }

        @Override
        public String describe(String what) {
            return what + " by v2";
        }
    }

    private final First first = new First();

    private Credit guarded() {
        return gates.guard(
                Credit.class, g -> g.gate("credit-risk", gate -> gate.router(new WeightRouter())), first, new Second());
    }

    private void canary() {
        assertThat(gates.append(gates.decision(
                                UUID.randomUUID().toString(),
                                WeightRouter.CANARY,
                                "credit-risk",
                                ALICE,
                                "",
                                java.util.Map.of("version", "v2")))
                        .stored(SOON))
                .isTrue();
    }

    @Test
    void gatedMethodsGoThroughTheGateOfTheirName() {
        Credit credit = guarded();

        assertThat(credit.decide("ann", "user-1")).isEqualTo("v1");
        gates.kill(Scope.gate("credit-risk"), ALICE, "bad");
        assertThat(credit.decide("ann", "user-1")).isEqualTo("KILLED:ann by v1");
        assertThat(credit.score(10)).isEqualTo(5.0);
    }

    @Test
    void implementationsAreTheVersionsOfEachGate() {
        Credit credit = guarded();
        canary();

        assertThat(gates.describe())
                .extracting(GateDescription::name)
                .containsExactly("credit-risk", "limit", "offer", "score");
        assertThat(gates.gate("score").describe().versions()).containsExactly("v1", "v2");
        assertThat(gates.gate("score").describe().stable()).contains("v1");
        assertThat(credit.decide("ann", "c-1")).isEqualTo("v2");
        assertThat(credit.decide("ann", "s-1")).isEqualTo("v1");
    }

    @Test
    void backendAndDigestOfAVersionAreDeclared() {
        guarded();

        assertThat(gates.gate("score").versions())
                .filteredOn(version -> version.id.equals("v2"))
                .allMatch(version -> version.backend.equals("gpu-a") && version.digest.equals("abc"))
                .hasSize(1);
    }

    @Test
    void versionsGetTheParametersThatMakeTheCallerToo() {
        guarded().decide("ann", "user-1");

        assertThat(first.users).containsExactly("user-1");
    }

    @Test
    void nullKeyIsAnAnonymousCallerWhoNeverGetsTheCandidate() {
        Credit credit = guarded();
        canary();

        assertThat(credit.decide("ann", null)).isEqualTo("v1");
    }

    @Test
    void emptyKeyIsRefusedAsCallerOfDoes() {
        Credit credit = guarded();

        assertThatThrownBy(() -> credit.decide("ann", ""))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("key is empty");
    }

    @Test
    void fallbackAnswersWithTheCauseIfItWantsToKnow() {
        Credit credit = guarded();
        first.fault.set(new IllegalStateException("broken"));

        assertThat(credit.decide("ann", "user-1")).isEqualTo("ERROR:ann by v1");
    }

    @Test
    void emptyOptionalIsNoUsableAnswer() {
        Credit credit = guarded();

        assertThat(credit.limit("ann")).contains(1L);
        assertThat(credit.offer("ann")).contains("none for ann");
        assertThatThrownBy(() -> credit.limit(""))
                .isInstanceOfSatisfying(
                        GateException.class,
                        e -> assertThat(e.outcome().cause()).contains(Cause.INVALID_OUTPUT));
    }

    @Test
    void hardFailureIsAGateExceptionWithWhatTheVersionThrew() {
        interface Plain {
            @Gated("plain")
            String ask(String input) throws IOException;
        }
        IOException fault = new IOException("unreachable");
        @Version("v1")
        class Broken implements Plain {
            @Override
            public String ask(String input) throws IOException {
                throw fault;
            }
        }
        Plain plain = gates.guard(Plain.class, new Broken());

        assertThatThrownBy(() -> plain.ask("x"))
                .isInstanceOf(GateException.class)
                .cause()
                .isSameAs(fault);
    }

    @Test
    void whateverAVersionThrowsReachesTheGateAsItIs() {
        Credit credit = guarded();
        for (Throwable thrown :
                List.of(new RuntimeException("a"), new IOException("b"), new Throwable("neither of the two"))) {
            first.fault.set(thrown);
            Outcome<Object> outcome = outcome("ann", "user-1");
            assertThat(outcome)
                    .isInstanceOfSatisfying(
                            Outcome.FellBack.class,
                            fell -> assertThat(fell.error()).isSameAs(thrown));
            assertThat(credit.decide("ann", "user-1")).isEqualTo("ERROR:ann by v1");
        }
    }

    @SuppressWarnings("unchecked")
    private Outcome<Object> outcome(@org.jspecify.annotations.Nullable Object... arguments) {
        return ((ModelGate<Invocation, Object>) gates.gate("credit-risk"))
                .decide(new Invocation("decide", arguments), Caller.of("user-1"));
    }

    @Test
    void errorPropagatesAsTheSameInstance() {
        Credit credit = guarded();
        Error error = new StackOverflowError("deep");
        first.fault.set(error);

        assertThatThrownBy(() -> credit.decide("ann", "user-1")).isSameAs(error);
    }

    @Test
    void interruptSkipsTheFallbackAndKeepsTheFlag() {
        Credit credit = guarded();
        first.fault.set(new InterruptedException());

        assertThatThrownBy(() -> credit.decide("ann", "user-1")).isInstanceOf(GateException.class);
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void ungatedMethodGoesToStableAsItIs() throws Exception {
        Credit credit = guarded();

        assertThat(credit.describe("ann")).isEqualTo("ann by v1");
        assertThatThrownBy(() -> credit.describe("")).isExactlyInstanceOf(IOException.class);
    }

    @Test
    void defaultMethodRunsOnTheGuardedObjectSoThatItsCallsAreGated() {
        Credit credit = guarded();
        gates.kill(Scope.gate("credit-risk"), ALICE, "bad");

        assertThat(credit.twice("a", "user-1")).isEqualTo("KILLED:a by v1KILLED:a by v1");
    }

    @Test
    void defaultMethodThatStableOverridesGoesToStable() {
        @Version("v3")
        class Overriding extends First {
            @Override
            public String twice(String applicant, String user) {
                return "overridden";
            }
        }

        assertThat(gates.guard(Credit.class, new Overriding()).twice("a", "u")).isEqualTo("overridden");
    }

    @Test
    void guardedObjectIsEqualToItselfOnly() {
        Credit credit = guarded();

        assertThat(credit.equals(credit)).isTrue();
        assertThat(credit.equals(first)).isFalse();
        assertThat(credit).hasSameHashCodeAs(credit);
        assertThat(credit).hasToString("guarded Credit");
    }

    interface Regional {
        @Gated("regional")
        String ask(
                @CallerKey long user,
                @SessionId UUID session,
                @CallerAttribute("region") Region region,
                @CallerAttribute("vip") Boolean vip);
    }

    @Version("v1")
    static final class Answering implements Regional {
        @Override
        public String ask(long user, UUID session, Region region, Boolean vip) {
            return "v1";
        }
    }

    @Test
    void callerIsMadeOfTheAnnotatedParameters() {
        AtomicReference<Caller> seen = new AtomicReference<>();
        Regional regional = gates.guard(
                Regional.class,
                g -> g.gate(
                        "regional",
                        String.class,
                        gate -> gate.fallback(Rungs.rule(call -> {
                            seen.set(call.caller());
                            return "fallback";
                        }))),
                new Answering());
        gates.kill(Scope.gate("regional"), ALICE, "bad");
        UUID session = new UUID(1, 2);

        assertThat(regional.ask(7, session, Region.EU, null)).isEqualTo("fallback");

        assertThat(seen.get().key()).contains("7");
        assertThat(seen.get().session()).contains(session.toString());
        assertThat(seen.get().attribute("region")).contains("EU");
        assertThat(seen.get().attribute("vip")).isEmpty();
    }

    @Test
    void attributesAreDeclaredAndNarrowKills() {
        Regional regional = gates.guard(Regional.class, new Answering());
        gates.kill(Scope.gate("regional").where("region", "EU"), ALICE, "bad");

        assertThat(regional.ask(7, new UUID(1, 2), Region.US, true)).isEqualTo("v1");
        assertThatThrownBy(() -> regional.ask(7, new UUID(1, 2), Region.EU, true))
                .isInstanceOf(GateException.class);
        assertThat(gates.gate("regional").describe().attributes()).containsExactlyInAnyOrder("region", "vip");
    }

    interface WithCaller {
        @Gated("with-caller")
        String ask(Caller caller);
    }

    @Version("v1")
    static final class CallerSeeing implements WithCaller {
        @Override
        public String ask(Caller caller) {
            return caller == null ? "nobody" : caller.key().orElse("?");
        }
    }

    @Test
    void callerAsAParameterIsTakenAsItIs() {
        WithCaller guarded = gates.guard(
                WithCaller.class, g -> g.gate("with-caller", gate -> gate.attributes("region")), new CallerSeeing());
        gates.kill(Scope.gate("with-caller").where("region", "eu"), ALICE, "bad");

        assertThat(guarded.ask(Caller.of("ann").with("region", "us"))).isEqualTo("ann");
        assertThatThrownBy(() -> guarded.ask(null)).isInstanceOf(GateException.class);
    }

    @Test
    void configurationReachesTheGateAndItsLadderSeesTheInvocation() {
        Regional regional = gates.guard(
                Regional.class,
                g -> g.gate(
                        "regional",
                        String.class,
                        gate -> gate.accept(answer -> answer.equals("v1") ? Verdict.INVALID : Verdict.ACCEPT)
                                .fallback(Rungs.rule(call ->
                                        call.input().method() + call.input().arguments()))),
                new Answering());

        assertThat(regional.ask(7, new UUID(0, 0), Region.EU, true))
                .isEqualTo("ask[7, 00000000-0000-0000-0000-000000000000, EU, true]");
    }

    @Test
    void moreVersionsMayComeFromTheConfiguration() {
        gates.guard(
                Regional.class,
                g -> g.gate("regional", String.class, gate -> gate.version("v9", invocation -> "v9")),
                new Answering());

        assertThat(gates.gate("regional").describe().versions()).containsExactly("v1", "v9");
    }

    @Test
    void gateOfAnotherNameIsRefusedWithThoseThereAre() {
        guarded();

        assertThatThrownBy(() -> gates.gate("credit"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("gate \"credit\" is not in this process; it has [credit-risk, limit, offer, score]");
    }
}
