package io.modelgate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.File;
import java.io.InputStream;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Everything that can be wrong with a guarded interface is found when it is guarded, with the fix, and then nothing is made. */
@SuppressWarnings({"UnusedMethod", "UnusedVariable"}) // the interfaces are only read
class GuardMistakesTest {

    private final Gates gates = Gates.open(g -> {});

    @AfterEach
    void close() {
        gates.close();
    }

    /** The message; no gate may have been made and nothing declared. */
    private String refused(Class<?> type, Consumer<GuardBuilder> configure, Object... implementations) {
        long before = gates.log().head().seq();
        int known = gates.describe().size();
        IllegalArgumentException e = catchThrowableOfType(
                IllegalArgumentException.class, () -> gates.guard(type, configure, implementations));
        assertThat(e).as("the refusal of " + type.getName()).isNotNull();
        assertThat(gates.describe()).hasSize(known);
        assertThat(gates.log().head().seq()).isEqualTo(before);
        return e.getMessage();
    }

    private String refused(Class<?> type, Object... implementations) {
        return refused(type, g -> {}, implementations);
    }

    /** The message about an interface whose one implementation is right; exactly one mistake. */
    private void onlyMistake(Class<?> type, Object implementation, String... parts) {
        String message = refused(type, implementation);
        assertThat(message)
                .startsWith(type.getName() + " cannot be guarded, 1 mistake:\n  1. ")
                .contains(parts);
    }

    interface Simple {
        @Gated("simple")
        String ask(String input);
    }

    @Version("v1")
    static class SimpleV1 implements Simple {
        @Override
        public String ask(String input) {
            return "v1";
        }
    }

    @Version("v1")
    static final class AlsoV1 extends SimpleV1 {}

    static final class Inheriting extends SimpleV1 {}

    // ---- fallbacks

    interface MissingFallback {
        @Gated(value = "simple", fallback = "nowhere")
        String ask(String input);
    }

    @Version("v1")
    record MissingFallbackV1() implements MissingFallback {
        @Override
        public String ask(String input) {
            return "v1";
        }
    }

    @Test
    void missingFallback() {
        onlyMistake(
                MissingFallback.class,
                new MissingFallbackV1(),
                "MissingFallback.ask(String): fallback \"nowhere\" names no method of MissingFallback",
                "add default String nowhere(String)");
    }

    interface AmbiguousFallback {
        @Gated(value = "simple", fallback = "safe")
        String ask(String input);

        default String safe(String input) {
            return "a";
        }

        static String safe(String input, Cause cause) {
            return "b";
        }
    }

    @Version("v1")
    record AmbiguousFallbackV1() implements AmbiguousFallback {
        @Override
        public String ask(String input) {
            return "v1";
        }
    }

    @Test
    void ambiguousFallback() {
        String message = refused(AmbiguousFallback.class, new AmbiguousFallbackV1());

        assertThat(message).contains("1 mistake", "fallback \"safe\" is ambiguous", "safe(String, Cause)", "keep one");
    }

    interface Fallbacks {
        @Gated(value = "parameters", fallback = "otherParameters")
        String parameters(String input, List<String> more);

        @Gated(value = "result", fallback = "otherResult")
        String result(String input);

        @Gated(value = "optional", fallback = "otherOptional")
        Optional<String> optional(String input);

        @Gated(value = "private", fallback = "hidden")
        String privately(String input);

        @Gated(value = "abstract", fallback = "without")
        String abstractly(String input);

        @Gated(value = "gated", fallback = "result")
        String gated(String input);

        @Gated(value = "overridden", fallback = "mine")
        String overridden(String input);

        @Gated(value = "malformed", fallback = "_under")
        String malformed(String input);

        @Gated(value = "nothing", fallback = "nothing")
        Object nothing(String input, int more);

        default void nothing(String input, int more, Cause cause) {}

        default String otherParameters(String input, List<Integer> more) {
            return "";
        }

        default Object otherResult(String input) {
            return "";
        }

        default Optional<Integer> otherOptional(String input) {
            return Optional.empty();
        }

        private String hidden(String input) {
            return "";
        }

        String without(String input);

        default String mine(String input) {
            return hidden(input);
        }

        default String _under(String input) {
            return "";
        }
    }

    @Version("v1")
    static final class FallbacksV1 implements Fallbacks {
        @Override
        public String parameters(String input, List<String> more) {
            return "";
        }

        @Override
        public String result(String input) {
            return "";
        }

        @Override
        public Optional<String> optional(String input) {
            return Optional.empty();
        }

        @Override
        public String privately(String input) {
            return "";
        }

        @Override
        public String abstractly(String input) {
            return "";
        }

        @Override
        public String gated(String input) {
            return "";
        }

        @Override
        public String overridden(String input) {
            return "";
        }

        @Override
        public String malformed(String input) {
            return "";
        }

        @Override
        public Object nothing(String input, int more) {
            return "";
        }

        @Override
        public String without(String input) {
            return "";
        }

        @Override
        public String mine(String input) {
            return "";
        }
    }

    @Test
    void everyMistakeIsInOneMessage() {
        assertThat(refused(Fallbacks.class, new FallbacksV1()))
                .contains("9 mistakes:\n  1. ", "\n  9. ")
                .contains(
                        "Fallbacks.parameters(String, List<String>): fallback \"otherParameters\" has the wrong parameters:"
                                + " there is [otherParameters(String, List<Integer>)], expected"
                                + " otherParameters(String, List<String>)")
                .contains("Fallbacks.result(String): fallback \"otherResult\" returns Object; return String")
                .contains("fallback \"otherOptional\" returns Optional<Integer>; return Optional<String> or String")
                .contains("fallback \"hidden\" is private; make it default or static")
                .contains("fallback \"without\" has no body; make it default or static")
                .contains("fallback \"result\" is gated itself")
                .contains("fallback \"mine\" is overridden by FallbacksV1")
                .contains("fallback \"_under\" cannot name a rung")
                .contains("fallback \"nothing\" is ambiguous");
    }

    @Test
    void fallbackAndLadderTogether() {
        interface Both {
            @Gated(value = "both", fallback = "safe")
            String ask(String input);

            default String safe(String input) {
                return "";
            }
        }
        @Version("v1")
        class V1 implements Both {
            @Override
            public String ask(String input) {
                return "";
            }
        }

        assertThat(refused(Both.class, g -> g.gate("both", gate -> gate.fallback(Rungs.constant("x"))), new V1()))
                .contains("1 mistake", "has the fallback \"safe\" and a ladder in its configuration; keep one");
    }

    // ---- methods that cannot be gated

    interface Ungateable {
        @Gated("void")
        void nothing(String input);

        @Gated("future")
        Future<String> future(String input);

        @Gated("static")
        static String statically(String input) {
            return "";
        }

        @Gated("private")
        private String privately(String input) {
            return "";
        }

        @Override
        @Gated("string")
        String toString();

        @Gated("bad name")
        String named(String input);

        @Gated("twice")
        String once(String input);

        @Gated("twice")
        String again(String input);

        default String use() {
            return privately("");
        }
    }

    @Version("v1")
    static final class UngateableV1 implements Ungateable {
        @Override
        public void nothing(String input) {}

        @Override
        public Future<String> future(String input) {
            return CompletableFuture.completedFuture("");
        }

        @Override
        public String named(String input) {
            return "";
        }

        @Override
        public String once(String input) {
            return "";
        }

        @Override
        public String again(String input) {
            return "";
        }
    }

    @Test
    void methodsThatCannotBeGated() {
        assertThat(refused(Ungateable.class, new UngateableV1()))
                .contains("7 mistakes")
                .contains("Ungateable.nothing(String): it returns nothing")
                .contains("Ungateable.future(String): it returns a Future")
                .contains("Ungateable.statically: it is static")
                .contains("Ungateable.privately: it is private")
                .contains("Ungateable.toString: it is a method of every object")
                .contains("gate is \"bad name\": expected 1 to 100 letters")
                .contains("gate \"twice\" is the gate of Ungateable.");
    }

    @Test
    void defaultMethodMayBeGated() {
        interface Defaulted {
            @Gated("defaulted")
            default String ask(String input) {
                return "body";
            }
        }
        @Version("v1")
        class Bare implements Defaulted {}
        @Version("v1")
        class Own implements Defaulted {
            @Override
            public String ask(String input) {
                return "own";
            }
        }

        assertThat(gates.guard(Defaulted.class, new Bare()).ask("")).isEqualTo("body");
        try (Gates others = Gates.open(g -> {})) {
            assertThat(others.guard(Defaulted.class, new Own()).ask("")).isEqualTo("own");
        }
    }

    @Test
    void interfaceWithoutGatedMethod() {
        interface Nothing {
            String ask(String input);
        }
        @Version("v1")
        record V1() implements Nothing {
            @Override
            public String ask(String input) {
                return "";
            }
        }
        onlyMistake(Nothing.class, new V1(), "no method of it is annotated @Gated");
    }

    @Test
    void closedTypes() {
        assertThat(refused(SimpleV1.class, new SimpleV1())).contains("it is a class, and only an interface");
        assertThat(refused(AlsoV1.class, new AlsoV1())).contains("it is a final class");
        assertThat(refused(SealedModel.class, new SealedModel.Only())).contains("it is sealed", "remove sealed");
    }

    @Test
    void hiddenInterface() throws Exception {
        try (InputStream source =
                GuardMistakesTest.class.getResourceAsStream("GuardMistakesTest$MissingFallback.class")) {
            Class<?> hidden = MethodHandles.lookup()
                    .defineHiddenClass(source.readAllBytes(), false)
                    .lookupClass();

            assertThat(refused(hidden)).contains("it is hidden, so that no guarded object can name it");
        }
    }

    @Test
    void implementationThatIsOlderThanTheInterface(@TempDir Path directory) throws Exception {
        String gated = "import io.modelgate.*; public interface Old { @Gated(\"old\") String ask(String input); %s }";
        compile(directory, "Old", gated.formatted(""));
        compile(
                directory,
                "OldV1",
                "@io.modelgate.Version(\"v1\") public class OldV1 implements Old { public String ask(String i) { return i; } }");
        compile(directory, "Old", gated.formatted("@Gated(\"new\") String more(String input);"));

        try (URLClassLoader loader =
                new URLClassLoader(new URL[] {directory.toUri().toURL()})) {
            Class<?> type = loader.loadClass("Old");
            Object v1 = loader.loadClass("OldV1").getConstructor().newInstance();

            onlyMistake(type, v1, "OldV1: has no implementation of Old.more(String); compile it again");
        }
    }

    private static void compile(Path directory, String name, String source) throws Exception {
        Path file = Files.writeString(directory.resolve(name + ".java"), source);
        String path = directory + File.pathSeparator + System.getProperty("java.class.path");
        int failed = ToolProvider.getSystemJavaCompiler()
                .run(null, null, null, "-proc:none", "-cp", path, "-d", directory.toString(), file.toString());
        assertThat(failed).isZero();
    }

    sealed interface SealedModel {
        @Gated("sealed")
        String ask(String input);

        @Version("v1")
        record Only() implements SealedModel {
            @Override
            public String ask(String input) {
                return "";
            }
        }
    }

    // ---- implementations

    @Test
    void implementations() {
        Simple lambda = input -> "lambda";
        Simple anonymous = new Simple() {
            @Override
            public String ask(String input) {
                return "";
            }
        };
        @Version("bad id")
        class BadId extends SimpleV1 {}
        @Version(value = "v3", backend = "no spaces")
        class BadBackend extends SimpleV1 {}

        assertThat(refused(
                        Simple.class,
                        new SimpleV1(),
                        new AlsoV1(),
                        lambda,
                        anonymous,
                        new Inheriting(),
                        new UngateableV1(),
                        null,
                        SimpleV1.class,
                        new BadId(),
                        new BadBackend()))
                .contains("9 mistakes")
                .contains("implementation 2, AlsoV1: is version \"v1\" as SimpleV1 is")
                .containsPattern(
                        "implementation 3, .*Lambda.*: has no @Version.* a lambda or an anonymous class cannot")
                .containsPattern("implementation 4, .*: has no @Version.* a lambda or an anonymous class cannot")
                .contains("implementation 5, Inheriting: has no @Version")
                .contains("implementation 6, UngateableV1: does not implement " + Simple.class.getName())
                .contains("implementation 7: is null")
                .contains("implementation 8: is class")
                .contains("implementation 9, BadId: version is \"bad id\"")
                .contains("implementation 10, BadBackend: backend is \"no spaces\"");
    }

    @Test
    void noImplementation() {
        assertThat(refused(Simple.class)).contains("1 mistake", "no implementation is given");
    }

    @Test
    void guardedObjectIsNoImplementation() {
        Simple guarded = gates.guard(Simple.class, new SimpleV1());
        try (Gates others = Gates.open(g -> {})) {
            IllegalArgumentException e =
                    catchThrowableOfType(IllegalArgumentException.class, () -> others.guard(Simple.class, guarded));
            assertThat(e).hasMessageContaining("has no @Version");
        }
    }

    @Test
    void annotationsOnTheImplementationOnly() {
        interface Quiet {
            @Gated("quiet")
            String ask(String input, String user);

            String other(String input);
        }
        @Version("v1")
        class Loud implements Quiet {
            @Override
            @Gated("quiet")
            public String ask(String input, @CallerKey String user) {
                return "";
            }

            @Override
            @Gated("other")
            public String other(String input) {
                return "";
            }

            @Gated("own")
            String own() {
                return "";
            }
        }

        assertThat(refused(Quiet.class, new Loud()))
                .contains("3 mistakes")
                .contains("Loud.ask, parameter 2: has @CallerKey, which counts on the interface's parameter only")
                .contains("Loud.other: has @Gated(\"other\")", "move it to Quiet.other(String)")
                .contains("Loud.own: has @Gated(\"own\")", "Quiet has no such method");
    }

    // ---- callers

    @Test
    void callerParameters() {
        interface Callers {
            @Gated("types")
            String types(@CallerKey Object key, @SessionId double session, @CallerAttribute("region") byte[] region);

            @Gated("two")
            String two(@CallerKey String a, @CallerKey String b, @SessionId String c, @SessionId String d);

            @Gated("attributes")
            String attributes(
                    @CallerAttribute("bad name") String a,
                    @CallerAttribute("region") String b,
                    @CallerAttribute("region") String c);

            @Gated("both")
            String both(Caller caller, @CallerKey String key);
        }
        Object v1 = proxy(Callers.class);

        assertThat(refused(Callers.class, v1))
                .contains(
                        "Callers.types(Object, double, byte[]), parameter 1: @CallerKey is on a Object: expected a String")
                .contains("parameter 2: @SessionId is on a Double")
                .contains("parameter 3: @CallerAttribute is on a byte[]")
                .contains("Callers.two(String, String, String, String), parameter 2: is @CallerKey as parameter 1 is")
                .contains("parameter 4: is @SessionId as parameter 3 is")
                .contains("@CallerAttribute is \"bad name\"")
                .contains("parameter 3: is @CallerAttribute(\"region\") as another parameter is")
                .contains("Callers.both(Caller, String): a parameter is a Caller and others are annotated");
    }

    /** Has no version: one more mistake, among which the others must show. */
    private static Object proxy(Class<?> type) {
        return java.lang.reflect.Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> null);
    }

    // ---- configuration

    @Test
    void configurationOfAnUnknownGate() {
        assertThat(refused(Simple.class, g -> g.gate("simpel", gate -> {}), new SimpleV1()))
                .contains("1 mistake", "the configuration of gate \"simpel\": unknown gate", "its gates are [simple]");
    }

    @Test
    void configurationThatIsWrong() {
        assertThat(refused(
                        Simple.class,
                        g -> g.gate("simple", gate -> gate.stable("v9", x -> ""))
                                .gate("simple", gate -> {}),
                        new SimpleV1()))
                .contains("2 mistakes", "stable is \"v9\", but \"v1\" was given before", "it is given more than once");
        assertThat(refused(Simple.class, g -> g.gate("simple", gate -> gate.maxConcurrent(0)), new SimpleV1()))
                .contains("1 mistake", "gate \"simple\": maxConcurrent is 0: expected 1 or more");
        assertThat(refused(Simple.class, g -> g.gate("simple", gate -> gate.version("v1", x -> "")), new SimpleV1()))
                .contains("1 mistake", "version \"v1\" was given before");
    }

    @Test
    void answersOfAnotherType() {
        assertThat(refused(Simple.class, g -> g.gate("simple", Long.class, gate -> {}), new SimpleV1()))
                .contains("1 mistake", "its gate is configured for answers of Long; they are String");
        assertThat(refused(
                        Simple.class, g -> g.gate("simple", gate -> gate.fallback(Rungs.constant(7))), new SimpleV1()))
                .contains("1 mistake", "rung \"degrade\" of its ladder answers with a Integer; answer with a String");
    }

    @Test
    void gateThatExists() {
        gates.gate("simple", g -> g.stable("v1", x -> x));

        assertThat(refused(Simple.class, new SimpleV1()))
                .contains("1 mistake", "gate \"simple\": it exists in this process");
    }

    @Test
    void stableOfTheControlLogWithoutImplementation() {
        ScriptedLog log = new ScriptedLog();
        try (Gates before = Gates.open(g -> g.controlLog(log))) {
            before.gate("simple", g -> g.stable("v9", x -> x));
        }
        try (Gates after = Gates.open(g -> g.controlLog(log))) {
            long seq = log.head().seq();
            IllegalArgumentException e = catchThrowableOfType(
                    IllegalArgumentException.class, () -> after.guard(Simple.class, new SimpleV1()));

            assertThat(e)
                    .hasMessageContaining("stable version \"v9\" of the control log is not registered in this process");
            assertThat(log.head().seq()).isEqualTo(seq);
        }
    }

    @Test
    void goodGateIsNotMadeBesideABadOne() {
        interface Two {
            @Gated("good")
            String good(String input);

            @Gated("taken")
            String taken(String input);
        }
        @Version("v1")
        class V1 implements Two {
            @Override
            public String good(String input) {
                return "";
            }

            @Override
            public String taken(String input) {
                return "";
            }
        }
        gates.gate("taken", g -> g.stable("v1", x -> x));

        assertThat(refused(Two.class, new V1())).contains("1 mistake", "gate \"taken\"");
    }

    @Test
    void overloadsAreTwoMethods() throws Exception {
        interface Overloaded {
            @Gated(value = "one", fallback = "safe")
            String ask(String input);

            @Gated(value = "two", fallback = "safe")
            CompletionStage<String> ask(String input, int more);

            default String safe(String input) {
                return "one";
            }

            default String safe(String input, int more) {
                return "two";
            }
        }
        @Version("v1")
        class V1 implements Overloaded {
            @Override
            public String ask(String input) {
                throw new IllegalStateException();
            }

            @Override
            public CompletionStage<String> ask(String input, int more) {
                throw new IllegalStateException();
            }
        }
        Overloaded guarded = gates.guard(Overloaded.class, new V1());

        assertThat(guarded.ask("")).isEqualTo("one");
        assertThat(guarded.ask("", 1).toCompletableFuture().join()).isEqualTo("two");
        Method other = Overloaded.class.getDeclaredMethod("ask", String.class); // not the proxy's own object
        for (int i = 0; i < 10; i++) {
            assertThat(other.invoke(guarded, "")).isEqualTo("one");
        }
    }

    // ---- answers that the gate would not see

    interface Unseen {
        @Gated("stage")
        CompletionStage<Void> stage(String input);

        @Gated("optional")
        Optional<Void> optional(String input);

        @Gated("stream")
        Stream<String> stream(String input);

        @Gated("ints")
        IntStream ints(String input);

        @Gated("callable")
        Callable<String> callable(String input);
    }

    @Version("v1")
    record UnseenV1() implements Unseen {
        @Override
        public CompletionStage<Void> stage(String input) {
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public Optional<Void> optional(String input) {
            return Optional.empty();
        }

        @Override
        public Stream<String> stream(String input) {
            return Stream.empty();
        }

        @Override
        public IntStream ints(String input) {
            return IntStream.empty();
        }

        @Override
        public Callable<String> callable(String input) {
            return () -> "";
        }
    }

    @Test
    void answersOfTheJdkThatTheGateWouldNotSee() {
        assertThat(refused(Unseen.class, new UnseenV1()))
                .contains("5 mistakes")
                .contains("Unseen.stage(String): it returns CompletionStage<Void>, which holds nothing, and a gate"
                        + " guards an answer; return one, or remove @Gated")
                .contains("Unseen.optional(String): it returns Optional<Void>, which holds nothing")
                .contains(
                        "Unseen.stream(String): it returns a Stream, a stream, of whose answers the gate would see none;"
                                + " give a StreamAnswer for it, return one answer that holds them, or call"
                                + " gate.enter(caller) for each use of it")
                .contains("Unseen.ints(String): it returns a IntStream, a stream")
                .contains(
                        "Unseen.callable(String): it returns a Callable, whose answer the gate would not see; return a"
                                + " CompletionStage or the answer itself, or give a LaterAnswer for Callable");
    }

    /** A LaterAnswer that is never asked for more than its type. */
    record ForType(Class<?> type) implements LaterAnswer {
        @Override
        public CompletionStage<?> begin(Object answer) {
            throw new AssertionError();
        }

        @Override
        public Object wrap(Supplier<? extends CompletionStage<?>> call) {
            throw new AssertionError();
        }
    }

    @Test
    void answersOfLibrariesThatTheGateWouldNotSee(@TempDir Path directory) throws Exception {
        String spring = "org.springframework.web.context.request.async";
        String rx = "io.reactivex.rxjava3.core";
        library(directory, spring, "DeferredResult", "class DeferredResult<T>");
        library(directory, "kotlin.coroutines", "Continuation", "interface Continuation<T>");
        library(directory, rx, "Completable", "abstract class Completable");
        for (String type : List.of("Single", "Maybe", "Flowable", "Observable")) {
            library(directory, rx, type, "abstract class " + type + "<T>");
        }
        String methods = "";
        for (String type : List.of("Single", "Maybe", "Flowable", "Observable")) {
            methods += method(rx + "." + type + "<String>", type, "");
        }
        methods += method(rx + ".Completable", "Completable", "");
        methods += method(spring + ".DeferredResult<String>", "Deferred", "");
        methods += method("Object", "suspend", ", kotlin.coroutines.Continuation<? super String> rest");
        methods += method(rx + ".Single<Void>", "voidSingle", "");
        compile(directory, "Lib", "import io.modelgate.*; public interface Lib {" + methods + "}");
        compile(directory, "LibV1", "@io.modelgate.Version(\"v1\") public class LibV1 implements Lib {}");

        try (URLClassLoader loader =
                new URLClassLoader(new URL[] {directory.toUri().toURL()})) {
            Class<?> type = loader.loadClass("Lib");
            Object v1 = loader.loadClass("LibV1").getConstructor().newInstance();

            assertThat(refused(type, v1))
                    .contains("8 mistakes")
                    .contains("Lib.Single(String): it returns a Single, whose answer the gate would not see; return a"
                            + " CompletionStage or the answer itself, or give a LaterAnswer for Single")
                    .contains("give a LaterAnswer for Maybe", "give a LaterAnswer for DeferredResult")
                    .contains("it returns a Flowable, a stream", "it returns a Observable, a stream")
                    .contains("Lib.Completable(String): it returns Completable, which holds nothing")
                    .contains(
                            "Lib.suspend(String, Continuation<Object>): it is a suspend function, whose answer the gate"
                                    + " would not see; return a CompletionStage or the answer itself");

            LaterAnswer[] given = List.of("Single", "Maybe", "Flowable", "Observable", "Completable").stream()
                    .map(name -> new ForType(loaded(loader, rx + "." + name)))
                    .toArray(LaterAnswer[]::new);
            assertThat(refused(type, g -> g.answers(given), v1))
                    .contains("3 mistakes", "it returns a DeferredResult", "it is a suspend function")
                    .contains("Lib.voidSingle(String): it returns Single<Void>, which holds nothing");
        }
    }

    private static String method(String type, String name, String more) {
        return "@Gated(\"" + name + "\") default " + type + " " + name + "(String input" + more + ") { return null; }";
    }

    /** A library's type as far as guarding looks: by its name. */
    private static void library(Path directory, String pack, String name, String declaration) throws Exception {
        compile(directory, name, "package " + pack + "; public " + declaration + " {}");
    }

    private static Class<?> loaded(ClassLoader loader, String name) {
        try {
            return loader.loadClass(name);
        } catch (ClassNotFoundException e) {
            throw new AssertionError(e);
        }
    }
}
