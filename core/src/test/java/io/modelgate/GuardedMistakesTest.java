package io.modelgate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.File;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Everything that can be wrong with a guarded class is found when it is guarded, with the fix, and then nothing is made. */
@SuppressWarnings({"UnusedMethod", "UnusedVariable"}) // the classes are only read
class GuardedMistakesTest {

    private final Gates gates = Gates.open(g -> {});

    @AfterEach
    void close() {
        gates.close();
    }

    /** The message; no gate may have been made and nothing declared. */
    private String refused(Class<?> type, Consumer<GuardBuilder> configure, @Nullable Object object) {
        long before = gates.log().head().seq();
        int known = gates.describe().size();
        IllegalArgumentException e =
                catchThrowableOfType(IllegalArgumentException.class, () -> gates.guarded(type, configure, object));
        assertThat(e).as("the refusal of " + type.getName()).isNotNull();
        assertThat(gates.describe()).hasSize(known);
        assertThat(gates.log().head().seq()).isEqualTo(before);
        return e.getMessage();
    }

    private String refused(Class<?> type, @Nullable Object object) {
        return refused(type, g -> {}, object);
    }

    static class Simple {
        @Gated("simple")
        String ask(String input) {
            return input;
        }
    }

    static class Ungateable {
        @Gated("void")
        void nothing(String input) {}

        @Gated("future")
        Future<String> future(String input) {
            return new CompletableFuture<>();
        }

        @Gated("static")
        static String statically(String input) {
            return "";
        }

        @Gated("private")
        private String privately(String input) {
            return "";
        }

        @Gated("final")
        final String finally_(String input) {
            return "";
        }

        @Override
        @Gated("string")
        public String toString() {
            return "";
        }

        @Gated("bad name")
        String named(String input) {
            return "";
        }

        @Gated("twice")
        String once(String input) {
            return "";
        }

        @Gated("twice")
        String again(String input) {
            return "";
        }

        @Gated("key")
        String key(@CallerKey Object key) {
            return "";
        }
    }

    @Test
    void methodsThatCannotBeGated() {
        assertThat(refused(Ungateable.class, new Ungateable()))
                .startsWith(Ungateable.class.getName() + " cannot be guarded, 9 mistakes:\n  1. ")
                .contains("Ungateable.nothing(String): it returns nothing")
                .contains("Ungateable.future(String): it returns a Future")
                .contains("Ungateable.statically: it is static, so that nothing can be put before it")
                .contains("Ungateable.privately: it is private, so that nothing can be put before it")
                .contains(
                        "Ungateable.finally_(String): it is final, so that nothing can be put before it; remove final")
                .contains("Ungateable.toString: it is a method of every object")
                .contains("gate is \"bad name\": expected 1 to 100 letters")
                .contains("gate \"twice\" is the gate of Ungateable.")
                .contains("Ungateable.key(Object), parameter 1: @CallerKey is on a Object");
    }

    static class Fallbacks {
        @Gated(value = "missing", fallback = "nowhere")
        String missing(String input) {
            return "";
        }

        @Gated(value = "parameters", fallback = "otherParameters")
        String parameters(String input) {
            return "";
        }

        @Gated(value = "result", fallback = "otherResult")
        String result(String input) {
            return "";
        }

        @Gated(value = "private", fallback = "hidden")
        String privately(String input) {
            return "";
        }

        @Gated(value = "gated", fallback = "result")
        String gated(String input) {
            return "";
        }

        @Gated(value = "ambiguous", fallback = "safe")
        String ambiguous(String input) {
            return "";
        }

        String otherParameters(int input) {
            return "";
        }

        Object otherResult(String input) {
            return "";
        }

        private String hidden(String input) {
            return "";
        }

        String safe(String input) {
            return "";
        }

        static String safe(String input, Cause cause) {
            return "";
        }
    }

    @Test
    void fallbacksThatCannotBeCalled() {
        assertThat(refused(Fallbacks.class, new Fallbacks()))
                .contains("6 mistakes")
                .contains("Fallbacks.missing(String): fallback \"nowhere\" names no method of Fallbacks; add String"
                        + " nowhere(String); a fallback is a method of the class with the gated method's parameters")
                .contains("fallback \"otherParameters\" has the wrong parameters: there is [otherParameters(int)]")
                .contains("fallback \"otherResult\" returns Object; return String")
                .contains("fallback \"hidden\" is private; remove private")
                .contains("fallback \"result\" is gated itself")
                .contains("fallback \"safe\" is ambiguous");
    }

    static final class Closed extends Simple {}

    record Recorded() {
        @Gated("recorded")
        String ask(String input) {
            return input;
        }
    }

    enum Counted {
        ONE;

        @Gated("counted")
        String ask(String input) {
            return input;
        }
    }

    abstract static sealed class Sealed {
        @Gated("sealed")
        String ask(String input) {
            return input;
        }

        static non-sealed class Only extends Sealed {}
    }

    static class Nothing {
        String ask(String input) {
            return input;
        }
    }

    interface Interface {
        @Gated("interface")
        String ask(String input);
    }

    @Test
    void classesThatCannotBeGuarded() {
        assertThat(refused(Closed.class, new Closed()))
                .contains("1 mistake", "Closed: it is final, so that nothing can be put before its methods");
        assertThat(refused(Recorded.class, new Recorded())).contains("1 mistake", "it is a record, so that nothing");
        assertThat(refused(Counted.class, Counted.ONE)).contains("1 mistake", "it is an enum, so that nothing");
        assertThat(refused(Sealed.class, new Sealed.Only())).contains("1 mistake", "it is sealed, so that nothing");
        assertThat(refused(Nothing.class, new Nothing()))
                .contains("1 mistake", "Nothing: no method of it is annotated @Gated");
        assertThat(refused(Interface.class, (Interface) input -> input))
                .contains("1 mistake", "it is an interface; give its implementations to guard");
    }

    static class WithFallback {
        @Gated(value = "with-fallback", fallback = "safe")
        String ask(String input) {
            return input;
        }

        String safe(String input) {
            return input;
        }
    }

    @Test
    void objectsOfAnotherClass() {
        assertThat(refused(WithFallback.class, "text"))
                .contains("1 mistake", "the object: is a String; give one of " + WithFallback.class.getName());
        assertThat(refused(WithFallback.class, null)).contains("1 mistake", "the object: is null");
    }

    @Version("no id")
    static class Misnamed extends Simple {
        @Override
        String ask(String input) {
            return input;
        }
    }

    @Test
    void versionThatIsMalformed() {
        assertThat(refused(Misnamed.class, new Misnamed()))
                .contains("1 mistake", "Misnamed: version is \"no id\"", "change its @Version");
        assertThat(refused(Simple.class, g -> g.stable("v2"), new Simple()))
                .contains("1 mistake", "stable: is \"v2\"", "there are [v1]");
    }

    static class GatedTwice implements Interface {
        @Override
        @Gated("class")
        public String ask(String input) {
            return input;
        }
    }

    static class GatedTheSame implements Interface {
        @Override
        @Gated("interface")
        public String ask(String input) {
            return input;
        }
    }

    interface Keyed<K> {
        String ask(K input, @CallerKey String user);
    }

    static class Unheard implements Keyed<String> {
        @Override
        @Gated("unheard")
        public String ask(String input, String user) {
            return input;
        }
    }

    @Test
    void whatInterfacesSayOfAGatedMethod() {
        assertThat(refused(GatedTwice.class, new GatedTwice()))
                .contains(
                        "1 mistake",
                        "GatedTwice.ask(String): it implements Interface.ask, which is gated too",
                        "remove one @Gated");
        assertThat(refused(GatedTheSame.class, new GatedTheSame())).contains("1 mistake", "which is gated too");
        assertThat(refused(Unheard.class, new Unheard()))
                .contains(
                        "1 mistake",
                        "Keyed.ask, parameter 2: has @CallerKey, which counts on the class's parameter only; move it to"
                                + " Unheard.ask(String, String)");
    }

    @Test
    void annotationsOnASubclassOfTheGuardedClass() {
        class Sub extends Simple {
            @Override
            @Gated("other")
            String ask(@CallerKey String input) {
                return input;
            }

            @Gated("more")
            String more(String input) {
                return input;
            }
        }

        assertThat(refused(Simple.class, new Sub()))
                .contains("3 mistakes")
                .contains(
                        "Sub.ask: has @Gated(\"other\"), which counts on the class's method only; move it to Simple.ask")
                .contains("Sub.ask, parameter 1: has @CallerKey, which counts on the class's parameter only")
                .contains("Sub.more: has @Gated(\"more\")", "Simple has no such method");
    }

    static class Regated extends Simple {
        @Override
        @Gated("other")
        String ask(String input) {
            return input;
        }
    }

    @Test
    void overrideWithAnotherGate() {
        assertThat(refused(Regated.class, new Regated()))
                .contains("1 mistake", "Regated.ask(String): it is declared with different gates");
    }

    @Test
    void methodThatASubclassInAnotherPackageCannotOverride(@TempDir Path directory) throws Exception {
        compile(
                directory,
                "one",
                "Base",
                "public class Base { @io.modelgate.Gated(\"one\") String ask(String input) { return input; } }");
        compile(
                directory,
                "two",
                "Sub",
                "public class Sub extends one.Base { @io.modelgate.Gated(\"two\") public String more(String i) { return i; } }");
        try (URLClassLoader loader =
                new URLClassLoader(new URL[] {directory.toUri().toURL()})) {
            Class<?> type = loader.loadClass("two.Sub");

            assertThat(refused(type, type.getConstructor().newInstance()))
                    .contains("1 mistake", "Sub.ask: it is seen in another package only, so that nothing");
        }
    }

    private static void compile(Path directory, String pack, String name, String source) throws Exception {
        Path file = Files.createDirectories(directory.resolve(pack)).resolve(name + ".java");
        Files.writeString(file, "package " + pack + "; " + source);
        String path = directory + File.pathSeparator + System.getProperty("java.class.path");
        int failed = ToolProvider.getSystemJavaCompiler()
                .run(null, null, null, "-proc:none", "-cp", path, "-d", directory.toString(), file.toString());
        assertThat(failed).isZero();
    }

    @Test
    void configurationThatIsWrong() {
        assertThat(refused(Simple.class, g -> g.gate("simpel", gate -> {}), new Simple()))
                .contains("1 mistake", "unknown gate, no method of Simple has it; its gates are [simple]");
        gates.gate("simple", g -> g.stable("v1", x -> x));
        assertThat(refused(Simple.class, new Simple())).contains("1 mistake", "gate \"simple\": it exists");
    }

    @Test
    void theSameClassTwiceIsTheSameGateTwice() {
        gates.guarded(Simple.class, g -> {}, new Simple());

        assertThat(refused(Simple.class, new Simple())).contains("1 mistake", "gate \"simple\": it exists");
    }
}
