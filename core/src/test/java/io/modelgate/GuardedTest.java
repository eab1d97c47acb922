package io.modelgate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a guarded class does, sentence by sentence. */
class GuardedTest {

    private static final Actor ALICE = Actor.of("alice");

    private final Gates gates = Gates.open(g -> g.executor(Runnable::run).ladderExecutor(Runnable::run));

    @AfterEach
    void close() {
        gates.close();
    }

    static class Summaries {
        final AtomicReference<@Nullable Throwable> fault = new AtomicReference<>();
        final List<String> users = new ArrayList<>();

        @Gated(value = "summaries", fallback = "cut")
        String summarise(String text, @CallerKey String user) {
            users.add(user);
            Throwable thrown = fault.get();
            if (thrown != null) {
                throw GuardVersion.<RuntimeException>asItIs(thrown);
            }
            return "summary of " + text;
        }

        @Gated(value = "titles", fallback = "noTitle")
        protected Optional<String> title(String text) {
            return Optional.empty();
        }

        @Gated("later")
        public CompletableFuture<String> later(String text) {
            return new CompletableFuture<>();
        }

        @Gated("length")
        public int length(String text) {
            return text.length();
        }

        String twice(String text, String user) {
            return summarise(text, user) + summarise(text, user);
        }

        String cut(String text, String user, Cause cause) {
            return cause + ":" + text + " of " + users.size();
        }

        static Optional<String> noTitle(String text) {
            return Optional.of("untitled");
        }
    }

    private final Summaries summaries = new Summaries();

    private Guarded guarded() {
        return gates.guarded(Summaries.class, g -> {}, summaries);
    }

    private static Method method(Class<?> type, String name) {
        return Arrays.stream(type.getDeclaredMethods())
                .filter(method -> method.getName().equals(name) && !method.isSynthetic())
                .findFirst()
                .orElseThrow();
    }

    private static @Nullable Object call(Guarded guarded, Class<?> type, String name, @Nullable Object... arguments) {
        try {
            return guarded.call(method(type, name), arguments);
        } catch (Throwable thrown) {
            throw GuardVersion.<RuntimeException>asItIs(thrown);
        }
    }

    private static @Nullable Object call(Guarded guarded, String name, @Nullable Object... arguments) {
        return call(guarded, Summaries.class, name, arguments);
    }

    @Test
    void methodsAreTheGatedOnesAsTheClassDeclaresThem() {
        assertThat(guarded().methods())
                .containsExactlyInAnyOrder(
                        method(Summaries.class, "summarise"),
                        method(Summaries.class, "title"),
                        method(Summaries.class, "later"),
                        method(Summaries.class, "length"));
    }

    @Test
    void callGoesThroughTheGate() {
        Guarded guarded = guarded();

        assertThat(call(guarded, "summarise", "text", "user-1")).isEqualTo("summary of text");
        gates.kill(Scope.gate("summaries"), ALICE, "bad");
        assertThat(call(guarded, "summarise", "text", "user-1")).isEqualTo("KILLED:text of 1");
        assertThat(call(guarded, "length", "text")).isEqualTo(4);
    }

    @Test
    void whatStandsBeforeTheObjectSendsTheGatedMethodsThroughTheirGates() throws Throwable {
        Method method = method(Summaries.class, "summarise");
        Object[] arguments = {"text", "user-1"};
        // gated.md: guarded
        Guarded guarded = gates.guarded(Summaries.class, g -> {}, summaries);
        // for each call
        Object answer = guarded.methods().contains(method)
                ? guarded.call(method, arguments)
                : method.invoke(summaries, arguments);
        // gated.md: end
        assertThat(answer).isEqualTo("summary of text");
        GatedPage.assertShows(getClass(), "guarded");
    }

    @Test
    void fallbackRunsOnTheObject() {
        Guarded guarded = guarded();
        summaries.fault.set(new IOException("down"));

        assertThat(call(guarded, "summarise", "text", "user-1")).isEqualTo("ERROR:text of 1");
        assertThat(call(guarded, "title", "text")).isEqualTo(Optional.of("untitled"));
    }

    @Test
    void whatCallsTheObjectItselfGoesThroughNoGate() {
        guarded();
        gates.kill(Scope.gate("summaries"), ALICE, "bad");

        assertThat(summaries.twice("a", "user-1")).isEqualTo("summary of asummary of a");
    }

    static class Keyed {
        @Gated("keyed")
        String ask(String input, @CallerKey String user) {
            return input;
        }
    }

    @Test
    void callerIsMadeOfTheAnnotatedParameters() {
        AtomicReference<Caller> seen = new AtomicReference<>();
        Guarded guarded = gates.guarded(
                Keyed.class,
                g -> g.gate(
                        "keyed",
                        String.class,
                        gate -> gate.fallback(Rungs.rule(fallen -> {
                            seen.set(fallen.caller());
                            return "safe";
                        }))),
                new Keyed());
        gates.kill(Scope.gate("keyed"), ALICE, "bad");

        assertThat(call(guarded, Keyed.class, "ask", "x", "user-1")).isEqualTo("safe");
        assertThat(seen.get().key()).contains("user-1");
        assertThatThrownBy(() -> call(guarded, Keyed.class, "ask", "x", ""))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("key is empty");
    }

    @Test
    void stageIsAnAsynchronousCall() {
        CompletableFuture<?> stage = (CompletableFuture<?>) call(guarded(), "later", "text");

        assertThat(gates.gate("later").inFlight(Scope.gate("later"))).isOne();
        stage.cancel(true);
        assertThat(gates.gate("later").inFlight(Scope.gate("later"))).isZero();
    }

    @Test
    void errorPropagatesAndHardFailureIsAGateException() {
        Guarded guarded = guarded();
        Error error = new StackOverflowError("deep");
        summaries.fault.set(error);
        gates.kill(Scope.gate("length"), ALICE, "bad");

        assertThatThrownBy(() -> call(guarded, "summarise", "a", "u")).isSameAs(error);
        assertThatThrownBy(() -> call(guarded, "length", "a")).isInstanceOf(GateException.class);
    }

    @Test
    void versionIsV1WithoutAnAnnotation() {
        guarded();

        assertThat(gates.gate("summaries").describe().versions()).containsExactly("v1");
    }

    @Version(value = "2026-07", backend = "gpu-a", digest = "abc")
    static class Annotated {
        @Gated("annotated")
        String ask(String input) {
            return input;
        }
    }

    @Test
    void versionIsTheAnnotationsOfTheGuardedClassWhateverMadeTheObject() {
        class MadeByAFramework extends Annotated {
            @Override
            String ask(String input) {
                return "made: " + super.ask(input);
            }
        }
        Guarded guarded = gates.guarded(Annotated.class, g -> g.stable("2026-07"), new MadeByAFramework());

        assertThat(gates.gate("annotated").versions())
                .hasSize(1)
                .allMatch(version -> version.id.equals("2026-07")
                        && version.backend.equals("gpu-a")
                        && version.digest.equals("abc"));
        assertThat(call(guarded, Annotated.class, "ask", "x")).isEqualTo("made: x");
    }

    @Test
    void moreVersionsMayComeFromTheConfiguration() {
        Guarded guarded = gates.guarded(
                Annotated.class,
                g -> g.gate(
                        "annotated",
                        String.class,
                        gate -> gate.version("next", asked -> "next").stable("next")),
                new Annotated());

        assertThat(call(guarded, Annotated.class, "ask", "x")).isEqualTo("next");
    }

    // ---- superclasses, interfaces, type variables

    abstract static class Base<I> {
        @Gated(value = "base", fallback = "safe")
        abstract String ask(I input, @CallerKey String user);

        @Gated("kept")
        String kept(I input) {
            return "kept " + input;
        }

        String safe(I input, String user, Cause cause) {
            return "safe " + input + " " + cause;
        }
    }

    interface Asks<I> {
        String ask(I input, String user);
    }

    static class Derived extends Base<Integer> implements Asks<Integer> {
        @Override
        public String ask(Integer input, String user) {
            throw new IllegalStateException();
        }
    }

    @Test
    void overrideKeepsTheGateOfItsSuperclassAndSuperclassesMethodsAreGated() throws Throwable {
        Guarded guarded = gates.guarded(Derived.class, g -> {}, new Derived());

        assertThat(guarded.methods())
                .containsExactlyInAnyOrder(method(Derived.class, "ask"), method(Base.class, "kept"));
        assertThat(call(guarded, Derived.class, "ask", 7, "u")).isEqualTo("safe 7 ERROR");
        assertThat(call(guarded, Base.class, "kept", 7)).isEqualTo("kept 7");
    }

    @Test
    void whatTheMethodOverridesImplementsOrBridgesLeadsToItsGate() throws Throwable {
        Guarded guarded = gates.guarded(Derived.class, g -> {}, new Derived());
        Object[] arguments = {7, "u"};
        Method bridge = Arrays.stream(Derived.class.getDeclaredMethods())
                .filter(Method::isBridge)
                .findFirst()
                .orElseThrow();

        assertThat(guarded.call(method(Base.class, "ask"), arguments)).isEqualTo("safe 7 ERROR");
        assertThat(guarded.call(method(Asks.class, "ask"), arguments)).isEqualTo("safe 7 ERROR");
        assertThat(guarded.call(bridge, arguments)).isEqualTo("safe 7 ERROR");
    }

    interface Gateable {
        @Gated("of-the-interface")
        String ask(String input);

        default String safe(String input) {
            return "safe";
        }
    }

    static class Implementing implements Gateable {
        @Override
        public String ask(String input) {
            return input;
        }

        @Gated(value = "own", fallback = "safe")
        public String own(String input) {
            throw new IllegalStateException();
        }
    }

    @Test
    void annotationOfAnInterfaceCountsWhereThatIsGuarded() {
        Guarded guarded = gates.guarded(Implementing.class, g -> {}, new Implementing());

        assertThat(guarded.methods()).containsExactly(method(Implementing.class, "own"));
        assertThat(gates.gates()).extracting(ModelGate::name).containsExactly("own");
    }

    @Test
    void fallbackMayBeADefaultMethodThatTheClassInherits() {
        Guarded guarded = gates.guarded(Implementing.class, g -> {}, new Implementing());

        assertThat(call(guarded, Implementing.class, "own", "x")).isEqualTo("safe");
    }

    static class HidingBase {
        @SuppressWarnings({"UnusedMethod", "UnusedVariable"})
        private String safe(String input) {
            return "of the superclass";
        }

        @SuppressWarnings({"UnusedMethod", "UnusedVariable"})
        private String ask(String input) {
            return "of the superclass";
        }
    }

    static class Hiding extends HidingBase {
        @Gated(value = "hiding", fallback = "safe")
        String ask(String input) {
            throw new IllegalStateException();
        }

        String safe(String input) {
            return "of the class";
        }
    }

    @Test
    void privateMethodsOfASuperclassAreOtherMethods() {
        Guarded guarded = gates.guarded(Hiding.class, g -> {}, new Hiding());

        assertThat(call(guarded, Hiding.class, "ask", "x")).isEqualTo("of the class");
        assertThatThrownBy(() -> call(guarded, HidingBase.class, "ask", "x"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    static class NotPublic {
        @Gated("shown")
        public String ask(String input) {
            return input;
        }
    }

    public static class Shown extends NotPublic {}

    @Test
    void bridgeThatShowsAMethodOfAHiddenSuperclassLeadsToItsGate() throws Throwable {
        Guarded guarded = gates.guarded(Shown.class, g -> {}, new Shown());
        Method bridge = Shown.class.getDeclaredMethod("ask", String.class);
        gates.kill(Scope.gate("shown"), ALICE, "bad");

        assertThat(bridge.isBridge()).isTrue();
        assertThat(guarded.methods()).containsExactly(method(NotPublic.class, "ask"));
        assertThatThrownBy(() -> guarded.call(bridge, new Object[] {"x"})).isInstanceOf(GateException.class);
    }

    // ---- misuse

    @Test
    void methodWithoutAGateIsRefused() {
        Guarded guarded = guarded();

        assertThatThrownBy(() -> call(guarded, "twice", "a", "u"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("has no gate in this guarded Summaries");
        assertThatThrownBy(() -> call(guarded, Annotated.class, "ask", "a"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void anotherNumberOfArgumentsIsNoFailureOfTheVersion() {
        Guarded guarded = guarded();
        GateStats before = gates.gate("length").stats();

        assertThatThrownBy(() -> call(guarded, "length"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("was called with 0 arguments: expected 1");
        assertThat(gates.gate("length").stats()).isEqualTo(before);
    }

    @Test
    void closedGatesGuardNoClass() {
        gates.close();

        assertThatThrownBy(this::guarded).isInstanceOf(IllegalStateException.class);
    }
}
